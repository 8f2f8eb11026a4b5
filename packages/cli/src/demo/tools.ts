import { userInfo } from "node:os";
import { join } from "node:path";
import { runHere } from "./run-program.ts";

/** The programs of this machine that the demo can use. */
export interface Tools {
  readonly user: string;
  readonly rsync: boolean;
  readonly hg: boolean;
  readonly buildout: boolean;
  /** The Python that bootstraps the buildout; /bin/sh if a script replaces it. */
  readonly python: string;
}

/** Finds the programs of this machine. Creates a virtual environment in the folder if zc.buildout is installed. */
export async function findTools(folder: string): Promise<Tools> {
  const [rsync, hg, python] = await Promise.all([
    runHere("rsync", ["--version"], {}),
    runHere("hg", ["--version", "-q"], {}),
    makePython(join(folder, "python")),
  ]);
  return {
    user: userInfo().username,
    rsync,
    hg,
    buildout: python !== undefined,
    python: python ?? "/bin/sh",
  };
}

// Debian's zc.buildout 2.13 needs names that Python 3.10 moved, so it cannot be imported directly.
const hasBuildout = `import importlib.util, setuptools
assert importlib.util.find_spec("zc.buildout.buildout")`;

/** Creates a virtual environment whose Python has zc.buildout. Resolves to undefined if no Python has it. */
async function makePython(folder: string): Promise<string | undefined> {
  for (const system of ["/usr/bin/python3", "python3"]) {
    if (
      !(await runHere(
        system,
        ["-m", "venv", "--clear", "--system-site-packages", "--without-pip", folder],
        {},
      ))
    )
      continue;
    const python = join(folder, "bin", "python");
    if (await runHere(python, ["-c", hasBuildout], {})) return python;
  }
  return undefined;
}
