import { readdir, writeFile } from "node:fs/promises";
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

/**
 * A Python that has zc.buildout, in an environment of its own; undefined where there is none. Debian's zc.buildout 2.13
 * needs a name that Python 3.10 took away.
 */
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
    const [version = ""] = await readdir(join(folder, "lib"));
    const cure =
      "import collections, collections.abc; collections.MutableMapping = collections.abc.MutableMapping\n";
    await writeFile(join(folder, "lib", version, "site-packages", "hostout-demo.pth"), cure);
    const python = join(folder, "bin", "python");
    if (await runHere(python, ["-c", "import zc.buildout.buildout, setuptools"], {})) return python;
  }
  return undefined;
}
