import { execFileSync, spawn } from "node:child_process";
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
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathBytes, type SyncRequest, sh } from "@hostout/kit";
import { describeUnless, lacks } from "../../../../test/bed/describe-with.ts";
import { thisMachine } from "../../../../test/bed/this-machine.ts";
import { listTree } from "../tree/listing.ts";
import { readBytes } from "../tree/read-bytes.ts";
import type { Side } from "./side.ts";
import { syncWithRsync } from "./sync-rsync.ts";
import { syncWithTar } from "./sync-tar.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostout-tar-"));
});
afterEach(() => rm(folder, { recursive: true }));

function sideWith(path: string): Side {
  return { machine: thisMachine({ environment: { PATH: path } }), account: "login" };
}

/** A host whose `find` lies, and prints these paths instead of the existing files. */
async function hostSaying(paths: readonly string[]): Promise<Side> {
  const lines = paths.map((path) => `81a4|5|1|${path}//`).join("\n");
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

for (const [way, sync] of [
  ["tar", syncWithTar],
  ["rsync", syncWithRsync],
] as const)
  describeUnless(lacks(way, "--version"), `by ${way}`, () => {
    const sh = (line: string) => execFileSync("bash", ["-c", line], { cwd: folder, encoding: "utf8" });
    const copy = (more: Partial<SyncRequest> = {}) => {
      const [local, remote] = [join(folder, "here"), join(folder, "there")];
      const side = sideWith(process.env.PATH!);
      return sync(side, side, { direction: "push", local, remote, ...more });
    };

    test("names that differ in a blank at their end are different files, and each is named as it is", async () => {
      sh(`mkdir -p here/data there/data; echo a | tee here/report here/data/x there/report there/data/x >there/'report '
echo a >there/'data/ y'; touch -r here/report here/data/x there/report there/data/x; touch here/$'caf\\xe9 \\n' here/' é'`);
      const { changed } = await copy({ delete: true });
      expect(sh("cd there && find . -type f | LC_ALL=C sort")).toBe(
        sh("cd here && find . -type f | LC_ALL=C sort"),
      );
      expect([...changed].sort()).toEqual([" é", "caf\udce9 \n", "data/ y", "report "]);
      expect([...pathBytes("caf\udce9 \n")]).toEqual([0x63, 0x61, 0x66, 0xe9, 0x20, 0x0a]);
    });

    test("a folder that is not empty gives way to a file only with delete, and never where something in it is left out", async () => {
      sh("mkdir -p here there/name; echo new >here/name; touch there/name/kept there/name/x.log");
      await expect(copy()).rejects.toMatchObject({
        code: "transfer-failed",
        hint: expect.stringContaining("--delete"),
      });
      await expect(copy({ delete: true, exclude: ["*.log"] })).rejects.toMatchObject({
        code: "transfer-failed",
      });
      expect(sh("ls there/name")).toContain("x.log");
      await copy({ delete: true });
      expect(sh("cat there/name")).toBe("new\n");
    });

    test("a source that cannot be read takes nothing from the target", async () => {
      sh("mkdir -p here/in there/in; touch there/in/kept");
      await expect(copy({ delete: true, local: join(folder, "here", "gone") })).rejects.toMatchObject({
        code: "transfer-failed",
      });
      expect(sh("ls there/in")).toBe("kept\n");
    });
  });

test("what a broken copy left is removed an hour later by the next one, and is in no tree", async () => {
  const [remote, local] = [join(folder, "there"), join(folder, "here")];
  const names = ["old", "used", "young"].map((_, index) => `.hostout-${String(index).repeat(18)}`);
  const [old = "", used = "", young = ""] = names;
  for (const top of [local, remote]) await mkdir(top);
  for (const name of names) await mkdir(join(remote, name, "new"), { recursive: true });
  await writeFile(join(local, "one"), "one\n");
  for (const name of [old, used]) await utimes(join(remote, name), 1, 1);
  const worker = spawn("sleep", ["60"], { cwd: join(remote, used, "new") });
  await new Promise((resolve) => worker.once("spawn", resolve));
  const side = sideWith(process.env.PATH!);
  const request = { direction: "push", local, remote, delete: true } as const;
  expect((await syncWithTar(side, side, request)).changed).toEqual(["one"]);
  expect(await readdir(remote)).toEqual([used, young, "one"]);
  worker.kill();
  expect((await syncWithTar(side, side, request)).changed).toEqual([]);
  const ended = syncWithTar(side, side, { direction: "pull", local: join(folder, "back"), remote });
  expect((await ended).changed).toEqual(["one"]);
});

test("a copy that is interrupted leaves nothing beside the files", async () => {
  const [remote, local] = [join(folder, "there"), join(folder, "here")];
  await mkdir(local);
  await writeFile(join(local, "one"), "");
  await truncate(join(local, "one"), 4 * 1024 ** 3);
  const stop = new AbortController();
  const side = sideWith(process.env.PATH!);
  const progress = (bytes: number) => {
    if (bytes > 1024 * 1024) stop.abort();
  };
  const output = { ...side.machine.output, progress };
  const own = { ...side, machine: { ...side.machine, signal: stop.signal, output } };
  await expect(syncWithTar(own, own, { direction: "push", local, remote })).rejects.toMatchObject({
    code: "interrupted",
  });
  for (let tries = 0; tries < 100 && (await readdir(remote)).length > 0; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await readdir(remote)).toEqual([]);
});

test("a line that breaks when what a failed copy unpacked is removed changes nothing of its failure", async () => {
  const [remote, local, bin] = ["there", "here", "bin"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const one of [local, bin]) await mkdir(one);
  await writeFile(join(local, "one"), "one\n");
  await writeFile(join(bin, "tar"), "#!/bin/sh\necho tar: no such luck >&2; exit 2\n", { mode: 0o755 });
  let broken = 0;
  const machine = thisMachine({
    environment: { PATH: `${bin}:${process.env.PATH}` },
    start: (local) => async (line) => {
      const process = await local.start(line);
      if (!/ && rm -rf -- \S+$/.test(line)) return process;
      broken++;
      return { ...process, exited: process.exited.then(() => ({ code: undefined })) };
    },
  });
  const copied = syncWithTar(
    sideWith(process.env.PATH!),
    { machine, account: "login" },
    { direction: "push", local, remote },
  );
  await expect(copied).rejects.toMatchObject({
    code: "transfer-failed",
    message: expect.stringContaining("no such luck"),
  });
  expect([broken, await readdir(remote)]).toEqual([1, []]);
});

test.each(["GNU", "busybox"])(
  "the links of a tree are read without a process for each, with the tools of %s",
  async (kind) => {
    const bin = join(folder, "bin");
    await mkdir(bin);
    if (kind === "busybox" && lacks("busybox", "true") !== undefined) return;
    for (const name of ["find", "stat", "sh"]) {
      const program = execFileSync("sh", ["-c", `command -v ${kind === "GNU" ? name : "busybox"}`], {
        encoding: "utf8",
      });
      await symlink(program.trim(), join(bin, name));
    }
    const targets = ["a", "' -> '", "new\nline", "'\n", "é", "x//", "../up", "0|x//'x' -> 'y'\n"];
    await mkdir(join(folder, "tree", "in\nner "), { recursive: true });
    for (const [index, target] of targets.entries())
      await symlink(target, join(folder, "tree", index % 2 === 0 ? "in\nner " : "", `l' -> '${index}\n`));
    const tree = await listTree(sideWith(bin), join(folder, "tree"), true);
    const found = [...tree].filter(([, { kind }]) => kind === "link").map(([, { target }]) => target);
    expect(found.toSorted()).toEqual(targets.map((one) => Buffer.from(one).toString("latin1")).toSorted());
  },
);

test("a listing comes whole, however long it is", async () => {
  const side = sideWith(process.env.PATH!);
  const text = await readBytes(side, sh`head -c 5000000 /dev/zero`, { title: "head" });
  expect(text.length).toBe(5_000_000);
});

test("a file that does not exist is refused, and what is at its target stays", async () => {
  const side = sideWith(process.env.PATH!);
  const [remote, local] = [join(folder, "gone"), join(folder, "here")];
  const pulled = () => syncWithTar(side, side, { direction: "pull", local, remote });
  const refusal = { code: "transfer-failed", message: expect.stringContaining(`${remote} does not exist`) };
  await expect(pulled()).rejects.toMatchObject(refusal);
  await writeFile(local, "mine\n");
  await expect(pulled()).rejects.toMatchObject(refusal);
  expect(await readFile(local, "utf8")).toBe("mine\n");
});
