import {
  chmod,
  lutimes,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { localTransport } from "./local-transport.ts";
import type { Machine } from "./machine.ts";
import type { Side } from "./side.ts";
import { syncWithTar } from "./sync-tar.ts";

const user = userInfo().username;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostout-tar-"));
});
afterEach(() => rm(folder, { recursive: true }));

function sideWith(path: string): Side {
  const transport = localTransport({ user, environment: { ...process.env, PATH: path } });
  const machine: Machine = {
    name: "web1",
    signal: new AbortController().signal,
    output: { line: () => undefined, progress: () => undefined, mark: "test" },
    accounts: { login: user, effective: user, root: user, buildout: user },
    transport: async () => transport,
    sudo: {} as never,
    found: new Map(),
    atEnd: () => undefined,
  };
  return { machine, account: "login" };
}

/** A host whose `find` lies: it says these paths of files in place of what is there. */
async function hostSaying(paths: readonly string[]): Promise<Side> {
  const lines = paths.map((path) => `81a4|5|1|${path}`).join("\n");
  const find = join(folder, "bin", "find");
  await mkdir(join(folder, "bin"));
  await writeFile(find, `#!/bin/sh\ncat <<'END'\n${lines}\nEND\n`);
  await chmod(find, 0o755);
  return sideWith(`${join(folder, "bin")}:${process.env.PATH}`);
}

test.each([
  ["above the folder", ["./kept", "./../kept"]],
  ["in a folder that it does not name", ["./link/kept"]],
  ["as a folder", ["./kept/"]],
])("a host that names a file %s has nothing written there", async (_where, paths) => {
  const [remote, local] = [join(folder, "there", "data"), join(folder, "here", "data")];
  for (const one of [join(remote, "link"), local]) await mkdir(one, { recursive: true });
  for (const one of ["kept", "link/kept", "../kept"]) await writeFile(join(remote, one), "evil\n");
  await writeFile(join(folder, "here", "kept"), "good\n");
  const request = { direction: "pull", local, remote } as const;
  await expect(
    syncWithTar(sideWith(process.env.PATH!), await hostSaying(paths), request),
  ).rejects.toMatchObject({ code: "transfer-failed", message: expect.stringContaining("web1") });
  expect(await readFile(join(folder, "here", "kept"), "utf8")).toBe("good\n");
  expect(await readdir(local)).toEqual([]);
});

test("a link takes the place of one to a folder, and is not put into that", async () => {
  const [remote, local] = [join(folder, "there"), join(folder, "here")];
  for (const one of [remote, local])
    for (const name of ["one", "two"]) await mkdir(join(one, name), { recursive: true });
  await symlink("two", join(remote, "a"));
  await symlink("one", join(local, "a"));
  await lutimes(join(local, "a"), 0, 0);
  const side = sideWith(process.env.PATH!);
  await syncWithTar(side, side, { direction: "pull", local, remote });
  expect(await readlink(join(local, "a"))).toBe("two");
  expect(await readdir(join(local, "one"))).toEqual([]);
});
