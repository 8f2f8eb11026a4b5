import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What installs packages for a project. */
export interface PackageManager {
  readonly name: "npm" | "pnpm" | "yarn" | "bun";
  /** Where it is run: the folder of the package.json. */
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
 * The package manager of a project, by the field `packageManager` (nodejs.org/api/packages.html#packagemanager), else by
 * its lock file, in `folder` or above; npm where nothing tells.
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
    // Whoever installs tells what is wrong with it, better than we could.
    return undefined;
  }
}

/** The words that add a package to what the project needs at work, not when it runs. */
export function addWords(
  { name, folder }: PackageManager,
  packageName: string,
): readonly [string, ...string[]] {
  if (name === "npm") return ["npm", "install", "--save-dev", packageName];
  if (name === "bun") return ["bun", "add", "--dev", packageName];
  // Without it pnpm refuses to add to the root of a workspace.
  const isRoot = name === "pnpm" && existsSync(join(folder, "pnpm-workspace.yaml"));
  return [
    name,
    "add",
    name === "pnpm" ? "--save-dev" : "--dev",
    ...(isRoot ? ["--workspace-root"] : []),
    packageName,
  ];
}
