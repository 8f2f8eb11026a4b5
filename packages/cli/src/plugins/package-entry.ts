import { existsSync } from "node:fs";
import { join } from "node:path";

/** The fields of a package.json that hostout reads. */
export interface Manifest {
  readonly version?: string;
  readonly main?: string;
  readonly exports?: unknown;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const conditions: ReadonlySet<string> = new Set(["node", "import", "module-sync", "default"]);

/**
 * Returns the file that `import` of a package loads, by Node's rules for the package's root
 * (nodejs.org/api/packages.html). Node itself only resolves from the importing file, but hostout searches
 * plugins from the configuration's folder.
 */
export function packageEntry(folder: string, { exports, main }: Manifest): string {
  const target = exports === undefined ? undefined : rootTarget(exports);
  if (target !== undefined) return join(folder, target);
  const candidates = [main, main && `${main}.js`, main && join(main, "index.js"), "index.js"];
  const found = candidates.find((name) => name && /\.[cm]?js$/.test(name) && existsSync(join(folder, name)));
  return join(folder, found ?? main ?? "index.js");
}

function rootTarget(exports: unknown): string | undefined {
  const isMap = typeof exports === "object" && exports !== null && "." in exports;
  return firstTarget(isMap ? exports["."] : exports);
}

/** Returns the first target that applies, in the order of the package. */
function firstTarget(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  if (Array.isArray(target)) return target.map(firstTarget).find((found) => found !== undefined);
  if (typeof target !== "object" || target === null) return undefined;
  return Object.entries(target)
    .filter(([condition]) => conditions.has(condition))
    .map(([, value]) => firstTarget(value))
    .find((found) => found !== undefined);
}
