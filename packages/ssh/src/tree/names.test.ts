import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathText, type SyncRequest } from "@hostout/kit";
import { describeUnless, lacks } from "../../../../test/bed/describe-with.ts";
import { thisMachine } from "../../../../test/bed/this-machine.ts";
import type { Side } from "../transfer/side.ts";
import { syncWithRsync } from "../transfer/sync-rsync.ts";
import { syncWithTar } from "../transfer/sync-tar.ts";

// HOSTOUT_FUZZ_NAMES=10000 makes a long run with that many names. The default is a short run.
const names = Number(process.env.HOSTOUT_FUZZ_NAMES ?? 80);
const namesOfTree = Math.min(40, names);

const timeoutMs = 300_000 + names * 500;

let folder: string;
let plain: Side;
let busybox: Side | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hostout-names-"));
  plain = sideWith(process.env.PATH!);
  busybox = sideOfBusybox();
});
afterAll(() => rmSync(folder, { recursive: true }));

function sideWith(path: string): Side {
  return { machine: thisMachine({ environment: { PATH: path } }), account: "login" };
}

/** This machine as one that has no tools other than busybox. */
function sideOfBusybox(): Side | undefined {
  if (spawnSync("busybox", ["true"]).status !== 0) return undefined;
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const program = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
  for (const name of execFileSync(program, ["--list"], { encoding: "utf8" }).trim().split("\n"))
    symlinkSync(program, join(bin, name));
  return sideWith(bin);
}

/** Returns a generator of numbers that are the same in each run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pieces = [
  ...[
    " ",
    "  ",
    "\t",
    "\n",
    "\r",
    "\\",
    "\\n",
    "\\#012",
    "*",
    "?",
    "[a]",
    "[!a]",
    "]",
    "{a,b}",
    "!",
    "$HOME",
    "`id`",
    "'",
    '"',
    ";",
    "&",
  ],
  ...[
    "|",
    "#",
    "~",
    "%s",
    "%n",
    "-",
    "--",
    "-rf",
    "+ ",
    "- ",
    ":",
    "=",
    "é",
    "日本",
    "😀",
    "\x01",
    "\x7f",
    ".",
    "..a",
    "a",
    "b",
    "report",
  ],
  ...["\u2028", "x.log", "data", "@", ",", "^", "(", ")", "<", ">", ".hostout-", "list", "new", "e\u0301"],
].map((text) => Buffer.from(text));
const strays = ["\xe9", "\xff", "\x80", "\xc3", "\xed\xa0\x80", "caf\xe9", "\xf0\x9f"].map((text) =>
  Buffer.from(text, "latin1"),
);

function oddName(random: (below: number) => number): Buffer {
  const all = [...pieces, ...strays];
  const parts = Array.from({ length: 1 + random(4) }, () => all[random(all.length)]!);
  if (random(15) === 0) parts.push(Buffer.alloc(255, "x"));
  let name = Buffer.concat(parts).subarray(0, 255);
  // Whole characters or not: both are names.
  if ([".", ".."].includes(name.toString("latin1"))) name = Buffer.from("dot");
  return name;
}

const below = (parent: Buffer, name: Buffer) => Buffer.concat([parent, Buffer.from("/"), name]);

type Kind = "file" | "folder" | "link";

/** Makes one entry at a free path. The few different contents and times make many files of two trees equal. */
function make(path: Buffer, kind: Kind, random: (below: number) => number): void {
  if (kind === "folder") {
    mkdirSync(path, 0o755);
    return;
  }
  const seconds = 1_600_000_000 + random(2);
  if (kind === "link") {
    symlinkSync(pieces[random(pieces.length)]!, path);
    lutimesSync(path, seconds, seconds);
    return;
  }
  const text = ["one\n", "two\n", "three\n"][random(3)]!;
  writeFileSync(path, text, { flag: "wx" });
  // For files that differ only in their mode, rsync changes the mode, and tar sends the file. So their content must be
  // equal.
  chmodSync(path, text === "three\n" && random(4) === 0 ? 0o600 : 0o644);
  utimesSync(path, seconds, seconds);
}

/** Makes two trees that share some names, and returns the text of all paths. */
function makeTrees(source: Buffer, target: Buffer, random: (below: number) => number): readonly string[] {
  for (const top of [source, target]) mkdirSync(top);
  const parents: Buffer[] = [Buffer.alloc(0)];
  const found: string[] = [];
  // Only some trees contain entries that rsync refuses.
  const mixes = random(4) === 0;
  for (let count = 0; count < namesOfTree; count++) {
    const parent = parents[random(parents.length)]!;
    const path = parent.length === 0 ? oddName(random) : below(parent, oddName(random));
    const kinds: Kind[] = ["file", "file", "file", "link", "folder", "folder"];
    const kind = kinds[random(kinds.length)]!;
    const where = random(3);
    if (path.length > 900) continue;
    try {
      if (where !== 1) make(below(source, path), kind, random);
      if (where !== 0)
        make(below(target, path), mixes && random(10) === 0 ? kinds[random(6)]! : kind, random);
    } catch (error) {
      // The path exists already, or its folder exists in one tree only.
      if (!/^(EEXIST|ENOENT|ENOTDIR|ENAMETOOLONG|ELOOP)$/.test((error as NodeJS.ErrnoException).code!))
        throw error;
      continue;
    }
    found.push(pathText(path));
    if (kind === "folder") parents.push(path);
  }
  return found;
}

/** Returns all entries of a tree by path: kind and content, with the time of files if times count. */
function treeAt(top: Buffer, withTimes: boolean): Readonly<Record<string, string>> {
  const tree: Record<string, string> = {};
  const walk = (parent: Buffer): void => {
    for (const name of readdirSync(parent, "buffer")) {
      const path = below(parent, name);
      const stat = lstatSync(path);
      const key = path.subarray(top.length + 1).toString("latin1");
      const mode = (stat.mode & 0o7777).toString(8);
      if (stat.isDirectory()) {
        tree[key] = `folder ${mode}`;
        walk(path);
      } else if (stat.isSymbolicLink()) tree[key] = `link ${readlinkSync(path, "latin1")}`;
      else
        tree[key] =
          `file ${mode} ${withTimes ? Math.floor(stat.mtimeMs / 1000) : ""} ${readFileSync(path, "latin1")}`;
    }
  };
  walk(top);
  return tree;
}

/** Returns patterns that exclude some of these paths: whole paths, names, and parts with wildcards. */
function patternsOf(paths: readonly string[], random: (below: number) => number): readonly string[] {
  const whole = paths.filter((path) => path.isWellFormed());
  if (random(2) === 0 || whole.length === 0) return [];
  const escaped = (text: string) => text.replaceAll(/[*?[\\]/g, "\\$&");
  return Array.from({ length: 1 + random(3) }, () => {
    const path = whole[random(whole.length)]!;
    const name = path.split("/").at(-1)!;
    const forms = [
      `/${path}`,
      name,
      `${name}/`,
      `*${escaped(name.slice(1))}`,
      `${escaped(name.slice(0, 1))}?*`,
      `**${escaped(name)}`,
    ];
    return [...forms, `[a-r]*`, `[!a-z]${escaped(name.slice(1))}`, "*.log", "[[:space:]]*", "[]^]*"][
      random(11)
    ]!;
  });
}

const requests: readonly Partial<SyncRequest>[] = [
  {},
  { delete: true },
  { checksum: true },
  { delete: true, checksum: true },
];

describeUnless(lacks("rsync", "--version"), "a reference to compare with:", () => {
  test(
    "trees with any names come out as rsync makes them, by tar of GNU and of busybox, and by rsync",
    async () => {
      const differences: string[] = [];
      let refusals = 0;
      for (let round = 0, tried = 0; tried < names; round++) {
        const random = randomOf(round + 1);
        const at = (name: string) => Buffer.from(join(folder, `${round}`, name));
        mkdirSync(join(folder, `${round}`));
        const exclude = patternsOf(makeTrees(at("source"), at("target"), random), random);
        tried += namesOfTree;
        const request = { ...requests[round % requests.length], exclude };
        const copyOf = (name: string) => {
          execFileSync("cp", ["-a", String(at("target")), String(at(name))]);
          return String(at(name));
        };
        const before = treeAt(at("target"), true);
        const reference = spawnSync("rsync", [
          ...[
            "-rlpt",
            ...(request.delete ? ["--delete", "--force"] : []),
            ...(request.checksum ? ["--checksum"] : []),
          ],
          ...exclude.map((pattern) => `--filter=- ${pattern}`),
          ...[`${at("source")}/`, copyOf("reference")],
        ]);
        const wanted = treeAt(at("reference"), !request.checksum);
        const push = (other: Side, name: string) => () =>
          syncWithTar(plain, other, {
            ...request,
            direction: "push",
            local: String(at("source")),
            remote: copyOf(name),
          });
        const pull = (other: Side, name: string) => () =>
          syncWithTar(plain, other, {
            ...request,
            direction: "pull",
            local: copyOf(name),
            remote: String(at("source")),
          });
        const ways: readonly (readonly [string, () => Promise<unknown>])[] = [
          ["tar", push(plain, "tar")],
          ...(busybox ? ([["to-busybox", push(busybox, "to-busybox")]] as const) : []),
          ...(busybox ? ([["of-busybox", pull(busybox, "of-busybox")]] as const) : []),
          [
            "rsync",
            () =>
              syncWithRsync(plain, plain, {
                ...request,
                direction: "push",
                local: String(at("source")),
                remote: copyOf("rsync"),
              }),
          ],
        ];
        for (const [way, sync] of ways) {
          const refusal = await sync().then(
            () => undefined,
            (error: Error) => error.message,
          );
          const came = treeAt(at(way), !request.checksum);
          if (refusal === undefined || way === "rsync")
            differences.push(...difference(`${round} ${way}`, came, wanted));
          // tar leaves the tree unchanged when it refuses an entry. rsync copies the rest and fails.
          else {
            refusals++;
            differences.push(...difference(`${round} ${way} refused`, treeAt(at(way), true), before));
            if (reference.status !== 23) differences.push(`${round} ${way}: ${refusal}`);
          }
        }
        rmSync(join(folder, `${round}`), { recursive: true });
      }
      expect(differences.slice(0, 20)).toEqual([]);
      expect(refusals).toBeLessThan((names / namesOfTree) * 2);
    },
    timeoutMs,
  );
});

function difference(
  title: string,
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((path) =>
    one[path] === other[path]
      ? []
      : [
          `${title}: ${JSON.stringify(path)} is ${JSON.stringify(one[path])}, rsync: ${JSON.stringify(other[path])}`,
        ],
  );
}
