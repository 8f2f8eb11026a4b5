import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  makePackage,
  type Package,
  type PackageSettings,
} from "../../packages/packaging/src/make-package.ts";
import { lacks } from "../bed/describe-with.ts";
import { runHere } from "./run-here.ts";

/** The system's Python: another one may be first in PATH, without setuptools and buildout. */
export const python = "/usr/bin/python3";

/** A folder of its own. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "hostout-test-"));
}

/** Writes files of a project, in the order they are given. */
export function write(folder: string, files: Readonly<Record<string, string | Buffer>>, mode = 0o644): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
  }
}

/** Runs a program in a folder, and gives what it wrote. */
export function run(folder: string, program: string, ...words: readonly string[]): string {
  return execFileSync(program, words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Makes a repository of all that is in a folder. */
export function commit(folder: string, kind: "git" | "hg", message = "all"): void {
  const git = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
  if (kind === "git") {
    run(folder, "git", "init", "-q");
    run(folder, "git", "add", "-A");
    run(folder, "git", ...git, "commit", "-q", "-m", message);
  } else {
    if (lacks("hg", "root", "--cwd", folder)) run(folder, "hg", "init");
    run(folder, "hg", "addremove", "-q");
    run(folder, "hg", "commit", "-q", "-u", "t", "-m", message);
  }
}

/** A package and the lines that were told. */
export interface Made extends Package {
  readonly lines: readonly string[];
}

/** Makes a package of a folder whose configuration is `buildout.cfg`. */
export async function make(
  folder: string,
  settings: Partial<PackageSettings> = {},
  { write = true }: { readonly write?: boolean } = {},
): Promise<Made> {
  const lines: string[] = [];
  const made = await makePackage(
    {
      config: join(folder, "buildout.cfg"),
      site: "first-site",
      buildout: "buildout.cfg",
      buildCommand: [],
      include: undefined,
      exclude: [],
      packages: [],
      versionsFile: "hostoutversions.cfg",
      packageFormat: "sdist",
      python,
      parts: [],
      sudoParts: [],
      ...settings,
    },
    { run: runHere, note: (line) => lines.push(line), warn: (text) => lines.push(`warning: ${text}`), write },
  );
  return { ...made, lines };
}

/** The names in an archive, as GNU tar tells them. */
export function namesIn(archive: string): readonly string[] {
  return run("/", "tar", "--quoting-style=literal", "-tf", archive).trimEnd().split("\n");
}

/** The text of one file of an archive. */
export function textIn(archive: string, name: string): string {
  return run("/", "tar", "-xOf", archive, name);
}

/** A project with one development package in Python. */
export const pythonSite = {
  "buildout.cfg":
    "[buildout]\nextends = base.cfg\ndevelop = src/example\nparts =\n[versions]\nzope.interface = 5.0\n",
  "base.cfg": "[buildout]\nversions = versions\n[versions]\nOther = 1.0\n",
  "src/example/setup.py":
    'from setuptools import setup\nsetup(name="example", version="1.2.dev0", packages=["example"])\n',
  "src/example/example/__init__.py": "value = 1\n",
};
