import { readdirSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { type RolldownOutput, rolldown } from "rolldown";
import { minifySync } from "rolldown/utils";
import { licensesOf } from "./licenses.ts";
import { type BundledPackage, packages } from "./packages.ts";
import { makeProgram } from "./program.ts";
import { sshParts } from "./ssh-parts.ts";
import { writeModules } from "./write-modules.ts";

// Writes the modules of all packages into their `dist`, in few files each. TypeScript writes the types there.
// hostout bundles its modules because its start-up time grows with their number.

const root = dirname(dirname(dirname(import.meta.dirname)));

async function bundlePackage(bundled: BundledPackage): Promise<void> {
  const folder = join(root, bundled.folder);
  const { output } = await bundleOf(folder, bundled);
  const files = new Map(
    output.flatMap((file) => (file.type === "chunk" ? [[file.fileName, file.code]] : [])),
  );
  if (bundled.others) {
    const file = `${bundled.others.file}.js`;
    files.set(file, withoutSpace(file, files.get(file) ?? ""));
  }
  const program = bundled.isProgram ? await makeProgram(root) : undefined;
  for (const [name, code] of program?.files ?? []) files.set(`program/${name}`, code);
  const licenses = licensesOf([
    ...output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : [])),
    ...(program?.modules ?? []),
  ]);
  if (licenses !== "") files.set("third-party-licenses.txt", licenses);
  writeModules(join(folder, "dist"), files);
}

/** Shortens code that nobody here reads. At each start, Node decodes and hashes the whole text. Names stay. */
function withoutSpace(file: string, code: string): string {
  const { code: short, errors } = minifySync(file, code, { module: true, compress: false, mangle: false });
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  return short;
}

async function bundleOf(
  folder: string,
  { entries, together = {}, others }: BundledPackage,
): Promise<RolldownOutput> {
  const bundle = await rolldown({
    cwd: folder,
    platform: "node",
    input: Object.fromEntries(entriesOf(join(folder, "src"), entries)),
    external: (id, importer = "") => isOutside(id) && !(others && isOfOthers(id, importer, others.packages)),
    plugins: [sshParts()],
    // A module that one place loads lazily and another at once is not a fault.
    checks: { ineffectiveDynamicImport: false },
  });
  return bundle.generate({
    format: "esm",
    entryFileNames: "[name].js",
    // All files in one folder, because package-folder.ts expects that.
    chunkFileNames: "[name].js",
    codeSplitting: {
      groups: [
        { name: "package-folder", test: /\/src\/package-folder\.ts$/ },
        ...Object.entries(together).map(([name, test], index) => ({ name, test, priority: 9 - index })),
        ...(others ? [{ name: others.file, test: /\/node_modules\/(?!.*\/(p-limit|yocto-queue)\/)/ }] : []),
      ],
    },
  });
}

const isOutside = (id: string) => /^[@a-z]/.test(id);
/**
 * Whether the bundle takes in a module of another package. Leaves out cpu-features. npm builds that on
 * installation, if at all, and ssh2 works without it.
 */
const isOfOthers = (id: string, importer: string, packages: readonly string[]) =>
  packages.some((name) => id === name || id.startsWith(`${name}/`)) ||
  (importer.includes("/node_modules/") && (!isBuiltin(id) || id === "assert") && id !== "cpu-features");

/** Returns the names, without extension, and the files of the entries. */
function entriesOf(sources: string, entries: readonly string[]): readonly (readonly [string, string])[] {
  return entries.flatMap((entry) => {
    const path = join(sources, entry);
    const names = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => join(entry, name))
      : [entry];
    return names
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => [name.slice(0, -".ts".length), join(sources, name)] as const);
  });
}

await Promise.all(packages.map(bundlePackage));
