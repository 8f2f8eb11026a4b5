import { chmod, copyFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFolder } from "../package-folder.ts";
import { runHere } from "./run-program.ts";
import type { Tools } from "./tools.ts";

/** The repository of the demo's site. */
export interface Repository {
  readonly address: string;
  /** Replaces a text in a file and commits the change. */
  readonly change: (file: string, from: string, to: string) => Promise<void>;
}

/** Creates the repository of the demo's site in a folder, with Mercurial or git. */
export async function makeRepository(folder: string, tools: Tools): Promise<Repository> {
  const address = join(folder, "repository");
  const files = join(packageFolder, "demo-site");
  await cp(files, address, { recursive: true });
  const ignored = ["bin", "parts", "eggs", "develop-eggs", "var", ".installed.cfg", "*.pyc", "*.egg-info"];
  await writeFile(join(address, ".gitignore"), `${ignored.join("\n")}\n`);
  await writeFile(join(address, ".hgignore"), `${ignored.map((name) => `glob:${name}`).join("\n")}\n`);
  if (!tools.buildout) {
    await mkdir(join(address, "bin"));
    await copyFile(join(address, "stand-in.sh"), join(address, "bin", "buildout"));
    await chmod(join(address, "bin", "buildout"), 0o755);
  }
  const commit = tools.hg ? hgCommit : gitCommit;
  await commit(address, "The first revision");
  return {
    address,
    change: async (file, from, to) => {
      const path = join(address, file);
      await writeFile(path, (await readFile(path, "utf8")).replaceAll(from, to));
      await commit(address, "The second revision");
    },
  };
}

async function hgCommit(folder: string, message: string): Promise<void> {
  await runHere("hg", ["init"], { cwd: folder });
  await runHere("hg", ["add", "bin/buildout"], { cwd: folder });
  await must(
    runHere("hg", ["commit", "--addremove", "-u", "demo", "-m", message], { cwd: folder }),
    "hg commit",
  );
}

async function gitCommit(folder: string, message: string): Promise<void> {
  const who = ["-c", "user.name=demo", "-c", "user.email=demo@localhost"];
  await runHere("git", ["init", "-q"], { cwd: folder });
  await runHere("git", ["add", "-f", "bin/buildout"], { cwd: folder });
  await runHere("git", ["add", "-A"], { cwd: folder });
  await must(runHere("git", [...who, "commit", "-q", "-m", message], { cwd: folder }), "git commit");
}

async function must(done: Promise<boolean>, what: string): Promise<void> {
  if (!(await done)) throw new Error(`${what} failed`);
}
