import { userInfo } from "node:os";
import { join } from "node:path";
import { runHere } from "./run-program.ts";

/** What this machine has of what the demo would like. */
export interface Tools {
  readonly user: string;
  readonly rsync: boolean;
  readonly hg: boolean;
  readonly buildout: boolean;
  /** What bootstraps the buildout; /bin/sh where a script stands in for it. */
  readonly python: string;
}

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

// Debian's zc.buildout 2.13 is not to be imported as it is: it needs names that Python 3.10 moved.
const hasBuildout = `import importlib.util, setuptools
assert importlib.util.find_spec("zc.buildout.buildout")`;

/** A Python that has zc.buildout, in an environment of its own; undefined where there is none. */
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
