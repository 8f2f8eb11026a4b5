import { access, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HostoutError } from "@hostout/kit";
import { onlyFile } from "./build-python.ts";
import type { Builder } from "./builder.ts";
import { nextPatch } from "./semver-version.ts";

/** Builds npm packages. @param source the package's own folder, for the dependencies of its scripts */
export function npmBuilder(source: string): Builder {
  return {
    product: "npm package",
    by: "npm",
    facts: async (copy) => {
      const { name, version } = await readManifest(copy);
      if (typeof name === "string" && name !== "") return { name, version: String(version ?? "0.0.0") };
      throw new HostoutError({ code: "failed", message: "its package.json has no name" });
    },
    versionOf: nextPatch,
    build: async (copy, { version }, into, { run }) => {
      const manifest = { ...(await readManifest(copy)), version };
      await writeFile(join(copy, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
      const modules = join(source, "node_modules");
      if (await isThere(modules)) await symlink(modules, join(copy, "node_modules"));
      const words = ["npm", "pack", "--silent", "--offline", "--pack-destination", into];
      await run(words, { cwd: copy, env: { npm_config_update_notifier: "false" } });
      return onlyFile(into);
    },
  };
}

async function readManifest(folder: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  } catch (cause) {
    const message = `its package.json cannot be read: ${(cause as Error).message}`;
    throw new HostoutError({ code: "failed", message, cause });
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
