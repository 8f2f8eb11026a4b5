import { existsSync } from "node:fs";
import module from "node:module";
import { basename, dirname, extname } from "node:path";
import { pathToFileURL } from "node:url";
import { HostoutError, type Origin, type Plugin } from "@hostout/kit";
import type { LoadedPlugin } from "./load-plugin.ts";

const extensions = [".ts", ".mts", ".js", ".mjs", ".cjs"];

/**
 * Loads a file of commands of the project itself, which exports a `plugin` like a package does. Node strips its types.
 *
 * @param file absolute
 * @throws HostoutError `plugin-missing`, `plugin-broken`
 */
export async function loadTaskFile(file: string, site: string, origin: Origin): Promise<LoadedPlugin> {
  const fault = (code: "plugin-missing" | "plugin-broken", message: string, hint: string, cause?: unknown) =>
    new HostoutError({ code, message: `[${site}] ${message}`, hint, origin, cause });
  if (!existsSync(file))
    throw fault(
      "plugin-missing",
      `there is no task file ${file}`,
      "Paths are relative to the file that says them.",
    );
  if (!extensions.includes(extname(file))) {
    const what = extname(file) === ".py" ? `${file} is a fabfile in Python` : `${file} is no program of Node`;
    throw fault(
      "plugin-broken",
      what,
      `Write its commands in TypeScript or JavaScript: ${basename(file, extname(file))}.ts`,
    );
  }
  lendKit();
  let plugin: Plugin | undefined;
  try {
    plugin = (await import(pathToFileURL(file).href)).plugin;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw fault(
      "plugin-broken",
      `${file} cannot be loaded: ${why}`,
      "Mend the file; 'node FILE' tells more.",
      cause,
    );
  }
  if (typeof plugin?.commands !== "object" || plugin.commands === null)
    throw fault(
      "plugin-broken",
      `${file} exports no 'plugin'`,
      'export const plugin = definePlugin({ name: "tasks", commands: { … } })',
    );
  return { plugin, version: "", folder: dirname(file), bundled: false, file };
}

let isLent = false;

/** A project that has installed nothing takes `@hostout/kit` from hostout itself. */
function lendKit(): void {
  if (isLent) return;
  isLent = true;
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier !== "@hostout/kit") return nextResolve(specifier, context);
      try {
        return nextResolve(specifier, context);
      } catch {
        return nextResolve(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
}
