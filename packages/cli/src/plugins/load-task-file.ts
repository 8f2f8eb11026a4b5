import { existsSync, readFileSync } from "node:fs";
import module from "node:module";
import { basename, dirname, extname } from "node:path";
import { pathToFileURL } from "node:url";
import { HostoutError, type Origin, type Plugin, reportError } from "@hostout/kit";
import type { LoadedPlugin } from "./load-plugin.ts";

const extensions = [".ts", ".mts", ".js", ".mjs", ".cjs"];

/**
 * Loads a file of commands in the project itself. The file exports a `plugin`, as a package does. Node strips
 * its types.
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
  if (extname(file) === ".py") {
    const names = pythonCommands(readFileSync(file, "utf8"));
    throw fault(
      "plugin-broken",
      `${file} is a fabfile in Python${names.length === 0 ? "" : ` that defines ${names.join(", ")}`}`,
      `Write ${basename(file, ".py")}.ts, name it in tasks, and take the .py out: ${taskFileFor(names)}`,
    );
  }
  if (!extensions.includes(extname(file)))
    throw fault(
      "plugin-broken",
      `${file} is not a program for Node`,
      `Write its commands in TypeScript or JavaScript: ${basename(file, extname(file))}.ts`,
    );
  prepareImports();
  taskFiles.add(pathToFileURL(file).href);
  let plugin: Plugin | undefined;
  try {
    plugin = (await import(pathToFileURL(file).href)).plugin;
  } catch (cause) {
    const why = reportError(cause).message;
    throw fault(
      "plugin-broken",
      `${file} cannot be loaded: ${why}`,
      "Correct the file. 'node FILE' shows more.",
      cause,
    );
  }
  if (typeof plugin?.commands !== "object" || plugin.commands === null)
    throw fault(
      "plugin-broken",
      `${file} exports no 'plugin'`,
      'export const plugin = definePlugin({ name: "tasks", commands: { … } })',
    );
  return { plugin, version: "", folder: dirname(file), bundled: false, file, isTaskFile: true };
}

/** Returns the functions of a fabfile that were commands: top-level functions whose names start with a letter. */
function pythonCommands(text: string): readonly string[] {
  return [...text.matchAll(/^(?:async\s+)?def\s+([A-Za-z]\w*)\s*\(/gm)].map(([, name]) => name!);
}

/** Returns a task file with commands of these names, on one line. */
function taskFileFor(names: readonly string[]): string {
  const run = '{ async run({ remote }) { await remote.run(["uptime"]); } }';
  const commands = (names.length === 0 ? ["hello"] : [...new Set(names)]).map((name) => `${name}: ${run}`);
  return `import { definePlugin } from "@hostout/kit"; export const plugin = definePlugin({ name: "tasks", commands: { ${commands.join(", ")} } });`;
}

const taskFiles = new Set<string>();
let isPrepared = false;

/**
 * Prepares Node's imports for task files. A project without installed packages takes `@hostout/kit` from
 * hostout itself. A task file with `export` is a module, whatever the package.json beside it declares;
 * otherwise Node would warn.
 */
function prepareImports(): void {
  if (isPrepared) return;
  isPrepared = true;
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      if (taskFiles.has(specifier)) {
        const resolved = nextResolve(specifier, context);
        return { ...resolved, format: formatOf(specifier) ?? resolved.format };
      }
      if (specifier !== "@hostout/kit") return nextResolve(specifier, context);
      try {
        return nextResolve(specifier, context);
      } catch {
        return nextResolve(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
}

/** Returns the format of a file whose name does not show it. */
function formatOf(url: string): string | undefined {
  if (!/\.[jt]s$/.test(url) || !/^\s*(export|import)\b/m.test(readFileSync(new URL(url), "utf8")))
    return undefined;
  return url.endsWith(".ts") ? "module-typescript" : "module";
}
