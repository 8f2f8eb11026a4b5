import type { Command } from "@hostout/kit";
import type { Family } from "./family.ts";

/** Programs that packages of a distribution bring. */
export type Runtime = "sudo" | "python" | "node";

const packages: Readonly<Record<Family, Readonly<Record<Runtime, readonly string[]>>>> = {
  debian: { sudo: ["sudo"], python: ["python3", "python3-venv"], node: ["nodejs", "npm"] },
  redhat: { sudo: ["sudo"], python: ["python3"], node: ["nodejs", "npm"] },
  alpine: { sudo: ["sudo"], python: ["python3"], node: ["nodejs", "npm"] },
  freebsd: { sudo: ["sudo"], python: ["python3"], node: ["node", "npm"] },
};

/** Returns the names of the packages that bring a program. */
export function packagesFor(family: Family, runtime: Runtime): readonly string[] {
  return packages[family][runtime];
}

/** The environment variables for {@link installLines}: no package may ask a question. */
export const installEnvironment = { DEBIAN_FRONTEND: "noninteractive", ASSUME_ALWAYS_YES: "yes" };

/**
 * Returns the command lines that install packages, as root. The package manager checks the signatures of its
 * distribution.
 */
export function installLines(family: Family, names: readonly string[]): readonly Command[] {
  switch (family) {
    case "debian":
      return [
        ["apt-get", "-q", "update"],
        ["apt-get", "-q", "-y", "--no-install-recommends", "install", ...names],
      ];
    case "redhat":
      return [["dnf", "-q", "-y", "install", ...names]];
    case "alpine":
      return [["apk", "-q", "add", ...names]];
    case "freebsd":
      return [["pkg", "install", "-q", "-y", ...names]];
  }
}
