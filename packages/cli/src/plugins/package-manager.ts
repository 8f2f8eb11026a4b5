import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The program that installs packages for a project. */
export interface PackageManager {
  readonly name: "npm" | "pnpm" | "yarn" | "bun";
  /** The folder to run it in: the folder of the package.json. */
  readonly folder: string;
}

const lockFiles: readonly (readonly [file: string, name: PackageManager["name"]])[] = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["package-lock.json", "npm"],
];

/**
 * Finds the package manager of a project: by the field `packageManager`
 * (nodejs.org/api/packages.html#packagemanager), else by its lock file, in `folder` or above. Returns npm if
 * nothing shows it.
 */
export function findPackageManager(folder: string): PackageManager {
  const above = foldersAbove(folder);
  const own = above.find((one) => existsSync(join(one, "package.json"))) ?? folder;
  for (const one of foldersAbove(own)) {
    const named = namedManager(join(one, "package.json"));
    const locked = lockFiles.find(([file]) => existsSync(join(one, file)))?.[1];
    const name = named ?? locked;
    if (name) return { name, folder: own };
  }
  return { name: "npm", folder: own };
}

function foldersAbove(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}

function namedManager(manifest: string): PackageManager["name"] | undefined {
  if (!existsSync(manifest)) return undefined;
  try {
    const { packageManager = "" } = JSON.parse(readFileSync(manifest, "utf8")) as {
      readonly packageManager?: string;
    };
    const [, name] = /^(npm|pnpm|yarn|bun)@/.exec(packageManager) ?? [];
    return name as PackageManager["name"] | undefined;
  } catch {
    // The package manager itself reports errors of this file better.
    return undefined;
  }
}

/** Returns the words that add a package to the project's development dependencies. */
export function addWords(
  { name, folder }: PackageManager,
  packageName: string,
): readonly [string, ...string[]] {
  if (name === "npm") return ["npm", "install", "--save-dev", packageName];
  if (name === "bun") return ["bun", "add", "--dev", packageName];
  // Without this flag, pnpm refuses to add to the root of a workspace.
  const isRoot = name === "pnpm" && existsSync(join(folder, "pnpm-workspace.yaml"));
  return [
    name,
    "add",
    name === "pnpm" ? "--save-dev" : "--dev",
    ...(isRoot ? ["--workspace-root"] : []),
    packageName,
  ];
}
