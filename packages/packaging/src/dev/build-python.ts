import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HostoutError } from "@hostout/kit";
import type { Workshop } from "@hostout/scm";
import { copiedSeconds } from "../entries/copy-entries.ts";
import { releaseVersion } from "../pins/python-version.ts";
import type { Builder } from "./builder.ts";
import { runSetup, setupWithVersion } from "./python-driver.ts";

export type PythonFormat = "sdist" | "egg" | "wheel";

const commands: Readonly<Record<PythonFormat, readonly string[]>> = {
  sdist: ["sdist", "--formats=gztar"],
  egg: ["bdist_egg"],
  wheel: ["bdist_wheel"],
};

const products: Readonly<Record<PythonFormat, string>> = {
  sdist: "source distribution",
  egg: "egg",
  wheel: "wheel",
};

/** Environment variables of a build: its result may not depend on the time or the user. */
export const pythonEnvironment = {
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONHASHSEED: "0",
  SOURCE_DATE_EPOCH: String(copiedSeconds),
  TZ: "UTC",
  LC_ALL: "C.UTF-8",
};

/** Builds Python packages with setuptools. */
export function pythonBuilder(python: string, format: PythonFormat): Builder {
  const setup = (copy: string, words: readonly string[], { run }: Workshop) =>
    run([python, "-c", runSetup, "-q", ...words], {
      cwd: copy,
      env: pythonEnvironment,
      title: `${python} setup.py ${words[0]}`,
    });
  return {
    product: products[format],
    by: `${format} ${python}`,
    facts: async (copy, workshop) => {
      const said = (await setup(copy, ["--name", "--version"], workshop)).trimEnd().split("\n");
      const [name = "", version = ""] = said.slice(-2).map((line) => line.trim());
      if (!/^[A-Za-z0-9][\w.-]*$/.test(name) || !/^v?(?:\d+!)?\d/i.test(version))
        throw unknownFacts(name, version);
      return { name, version };
    },
    versionOf: releaseVersion,
    build: async (copy, { version }, into, workshop) => {
      await prepare(copy, version);
      await setup(copy, ["egg_info", ...commands[format], `--dist-dir=${into}`], workshop);
      return onlyFile(into);
    },
  };
}

async function prepare(copy: string, version: string): Promise<void> {
  const file = join(copy, "setup.py");
  const original = await readFile(file).catch(() => undefined);
  await writeFile(file, setupWithVersion(version, original));
  // Includes all files, as in development. The project's own rules count more.
  // Otherwise setuptools asks version control for data files, if its plugin is installed. Files that nobody listed
  // would be missing on hosts only.
  // The copy contains exactly these files.
  const manifest = join(copy, "MANIFEST.in");
  const own = await readFile(manifest).catch(() => Buffer.of());
  await writeFile(manifest, Buffer.concat([Buffer.from("graft .\nglobal-exclude *.py[co]\n"), own]));
}

function unknownFacts(name: string, version: string): HostoutError {
  return new HostoutError({
    code: "failed",
    message: `its setup says neither name nor version that can be used: '${name}', '${version}'`,
    hint: "See what 'python3 setup.py --name --version' says in its folder.",
  });
}

/** Returns the one file that a tool made. */
export async function onlyFile(folder: string): Promise<string> {
  const [name, ...others] = await readdir(folder);
  if (name !== undefined && others.length === 0) return join(folder, name);
  throw new HostoutError({
    code: "failed",
    message: `its build was to make one file, and made ${name === undefined ? "none" : [name, ...others].join(", ")}`,
  });
}

/** Returns whether a folder has a Python project. */
export function isPython(paths: readonly string[]): boolean {
  return paths.includes("setup.py") || paths.includes("pyproject.toml");
}
