import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { HostoutError } from "@hostout/kit";
import type { Workshop } from "@hostout/scm";
import { releaseVersion } from "../pins/python-version.ts";
import { backendDriver } from "./backend-driver.ts";
import { onlyFile, type PythonFormat, pythonEnvironment } from "./build-python.ts";
import type { Builder, PackageFacts } from "./builder.ts";

/** Returns the backend of a project, if the project names another than setuptools (PEP 517). */
export async function otherBackend(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, "pyproject.toml"), "utf8").catch(() => "");
  const backend = /(?:^|^[^#\n]*[.{,])\s*["']?build-backend["']?\s*=\s*["']([^"']+)["']/m.exec(text)?.[1];
  return backend?.startsWith("setuptools") ? undefined : backend;
}

/**
 * Builds Python packages with the backend that their `pyproject.toml` names: hatchling, flit, poetry, pdm. All of them
 * make wheels.
 * The given Python must have the backend installed: a build that fetches parts from an index is not reproducible.
 */
export function backendBuilder(python: string, format: PythonFormat, backend: string): Builder {
  const drive = async (copy: string, words: readonly string[], { run }: Workshop) =>
    run([python, "-c", backendDriver, ...words], {
      cwd: copy,
      env: pythonEnvironment,
      title: `${backend} of ${python}: ${words[0]}`,
    });
  return {
    product: "wheel",
    by: `wheel ${python}`,
    facts: async (copy, workshop) => {
      if (format === "egg") throw noEgg(backend);
      const said = (await drive(copy, ["facts"], workshop)).trimEnd().split("\n").at(-1) ?? "";
      const facts: PackageFacts | { readonly missing: string; readonly requires: readonly string[] } =
        JSON.parse(said);
      if ("missing" in facts) throw missingBackend(python, backend, facts.missing, facts.requires);
      return facts;
    },
    versionOf: releaseVersion,
    build: async (copy, { version }, into, workshop) => {
      await drive(copy, ["build", version, into], workshop);
      return onlyFile(into);
    },
  };
}

function noEgg(backend: string): HostoutError {
  return new HostoutError({
    code: "failed",
    message: `its build backend ${backend} makes no eggs`,
    hint: "Set package-format = wheel; or give it the backend setuptools.build_meta.",
  });
}

function missingBackend(
  python: string,
  backend: string,
  module: string,
  requires: readonly string[],
): HostoutError {
  return new HostoutError({
    code: "failed",
    message: `its build backend is ${backend}, but ${python} has no module ${module}`,
    hint: `Install what builds it: ${python} -m pip install ${requires.map((one) => `'${one}'`).join(" ")}`,
  });
}
