import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { PassThrough, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HostoutError, quotePath, type SyncRequest, type SyncResult, sh } from "@hostout/kit";
import { connectionLost } from "./connect-failure.ts";
import { countBytes } from "./count-bytes.ts";
import { diskFault } from "./disk-fault.ts";
import { makeExclude } from "./exclude.ts";
import { execute, executeOrThrow } from "./execute.ts";
import { hiddenBeside } from "./file-transfer.ts";
import { type Entry, listTree } from "./listing.ts";
import { startOn } from "./machine.ts";
import { isSourceFolder, type Side } from "./side.ts";

/** What is to be done to make the target like the source. Paths are relative. */
export interface TreeChange {
  readonly remove: readonly string[];
  readonly folders: readonly string[];
  readonly send: readonly string[];
}

/** Compares two trees by kind, size, time and mode, as rsync does; with `checksum`, times do not count. */
export function compareTrees(
  source: ReadonlyMap<string, Entry>,
  target: ReadonlyMap<string, Entry>,
  request: Pick<SyncRequest, "delete" | "ignoreExisting" | "exclude" | "checksum" | "keepFolders">,
): TreeChange {
  const isExcluded = makeExclude(request.exclude ?? []);
  const wanted = [...source].filter(([path, { kind }]) => !isExcluded(path, kind === "folder"));
  const folders: string[] = [];
  const send: string[] = [];
  const remove: string[] = [];
  for (const [path, entry] of wanted) {
    const there = target.get(path);
    if (there && request.ignoreExisting) continue;
    if (there && there.kind !== entry.kind && (there.kind === "folder" || entry.kind === "folder"))
      remove.push(path);
    if (entry.kind === "folder") {
      const isKept = (request.keepFolders ?? "all") === "all";
      if (there?.kind !== "folder" || (!isKept && there.mode !== entry.mode)) folders.push(path);
    } else if (!there || differ(entry, there, request)) send.push(path);
  }
  if (request.delete) {
    for (const [path, { kind }] of target)
      if (!source.has(path) && !isExcluded(path, kind === "folder")) remove.push(path);
  }
  return { remove, folders, send };
}

function differ(entry: Entry, there: Entry, { checksum = false }: Pick<SyncRequest, "checksum">): boolean {
  if (entry.kind !== there.kind || entry.sizeBytes !== there.sizeBytes) return true;
  if (!checksum && entry.modified !== there.modified) return true;
  return entry.kind === "file" && entry.mode !== there.mode;
}

/**
 * Makes one tree like another where a machine has no rsync: with POSIX sh, find, stat and tar on both sides. What
 * differs is unpacked beside the files, under a name that nobody can guess, then each file is renamed to its place.
 */
export async function syncWithTar(local: Side, remote: Side, request: SyncRequest): Promise<SyncResult> {
  const push = request.direction === "push";
  const [source, target] = push ? [local, remote] : [remote, local];
  const [from, to] = push ? [request.local, request.remote] : [request.remote, request.local];
  if (!(await isSourceFolder(local, remote, request))) return copyFile(source, target, from, to, request);
  const [have, there] = [await listTree(source, from), await listTree(target, to)];
  const found = compareTrees(have, there, request);
  const send = [...found.send];
  if (request.checksum)
    for (const [kind, paths] of Object.entries(alike(have, there, request)) as ["file" | "link", string[]][])
      send.push(...(await differing(source, target, [from, to], kind, paths)));
  const change = { ...found, send };
  const changed = [...change.remove, ...change.folders, ...change.send];
  if (changed.length === 0) return { changed, transferredBytes: 0, by: "tar" };
  const hidden = `.hostout-${randomBytes(9).toString("hex")}`;
  await executeOrThrow(
    target.machine,
    target.account,
    sh`mkdir -p -- ${to} && cd -- ${to} && mkdir -m 700 ${hidden}`,
    { quiet: true, title: `mkdir in ${to}` },
  );
  try {
    if (change.send.length > 0) await sendArchive(source, target, from, join(to, hidden), change.send);
    await putInPlace(target, to, hidden, change, have);
  } finally {
    await execute(target.machine, target.account, sh`cd -- ${to} && rm -rf -- ${hidden}`, {
      quiet: true,
    }).catch(() => undefined);
  }
  return { changed: [...new Set(changed)], transferredBytes: sizeOf(change.send, have), by: "tar" };
}

/** Files and links of both trees that look the same, by kind. */
function alike(
  source: ReadonlyMap<string, Entry>,
  target: ReadonlyMap<string, Entry>,
  request: Pick<SyncRequest, "exclude" | "ignoreExisting" | "checksum">,
): Readonly<Record<"file" | "link", readonly string[]>> {
  const isExcluded = makeExclude(request.exclude ?? []);
  const paths = (kind: Entry["kind"]) =>
    [...source].flatMap(([path, entry]) => {
      const there = target.get(path);
      const isAlike = entry.kind === kind && there !== undefined && !differ(entry, there, request);
      return isAlike && !isExcluded(path, false) ? [path] : [];
    });
  return request.ignoreExisting ? { file: [], link: [] } : { file: paths("file"), link: paths("link") };
}

const contentOf = {
  file: sh`xargs -0 sha256sum -- | cut -d " " -f 1`,
  link: sh`xargs -0 -n 1 readlink`,
} as const;

/** Those of the files or links whose content differs. */
async function differing(
  source: Side,
  target: Side,
  [from, to]: readonly [string, string],
  kind: "file" | "link",
  paths: readonly string[],
): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  const input = paths.map((path) => `./${path}\0`).join("");
  const contents = async ({ machine, account }: Side, folder: string) =>
    (
      await executeOrThrow(machine, account, sh`cd -- ${folder} && ${contentOf[kind]}`, {
        input,
        quiet: true,
        title: `read ${folder}`,
      })
    ).stdout.split("\n");
  const [have, there] = await Promise.all([contents(source, from), contents(target, to)]);
  return paths.filter((_, index) => have[index] !== there[index]);
}

function sizeOf(paths: readonly string[], entries: ReadonlyMap<string, Entry>): number {
  return paths.reduce((sum, path) => sum + (entries.get(path)?.sizeBytes ?? 0), 0);
}

async function sendArchive(
  source: Side,
  target: Side,
  from: string,
  to: string,
  paths: readonly string[],
): Promise<void> {
  const list = paths.map((path) => `./${path}\n`).join("");
  const reader = sh`cd -- ${from} && exec tar -cf - -T -`;
  const writer = sh`cd -- ${to} && exec tar -xpof -`;
  await carry(source, target, to, [reader.text, writer.text], list);
}

/** Runs one line here and one there, the output of the first being the input of the second. */
async function carry(
  source: Side,
  target: Side,
  to: string,
  [readLine, writeLine]: readonly [string, string],
  input: string,
): Promise<void> {
  const reader = await startOn(source.machine, source.account, readLine);
  const writer = await startOn(target.machine, target.account, writeLine);
  const messages: Buffer[] = [];
  for (const stream of [reader.stderr, writer.stderr])
    stream.on("data", (chunk: Buffer) => messages.push(chunk));
  writer.stdout.resume();
  const sent = countBytes(target.machine.output);
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent.add(chunk.length);
      done(null, chunk);
    },
  });
  reader.stdin.on("error", () => undefined);
  reader.stdin.end(input);
  const abort = () => {
    reader.kill();
    writer.kill();
  };
  target.machine.signal.addEventListener("abort", abort, { once: true });
  // The statuses tell more than a broken pipe does.
  await pipeline(reader.stdout.pipe(new PassThrough()), count, writer.stdin).catch(() => undefined);
  const [own, other] = await Promise.all([reader.exited, writer.exited]);
  target.machine.signal.removeEventListener("abort", abort);
  for (const [side, { code }] of [
    [source, own],
    [target, other],
  ] as const)
    if (code === undefined) throw connectionLost(side.machine.name);
  if (own.code !== 0 || other.code !== 0)
    throw transferFailure(target.machine.name, to, Buffer.concat(messages).toString("utf8"));
}

function transferFailure(host: string, path: string, said: string): HostoutError {
  const fault = diskFault(said, host, path);
  return new HostoutError({
    code: fault?.code ?? "transfer-failed",
    message: `${host}: the transfer failed${fault ? `, ${fault.what}` : ""}: ${said.trim().split("\n").slice(0, 5).join("\n")}`,
    hint: fault?.hint,
    host,
  });
}

/**
 * Removes, makes and renames in one command. Folders get their modes last: one may forbid writing in it. A link to a folder goes first, as
 * `mv` would put into that what is to take its place.
 */
async function putInPlace(
  target: Side,
  to: string,
  hidden: string,
  change: TreeChange,
  have: ReadonlyMap<string, Entry>,
): Promise<void> {
  const modes = [...change.folders]
    .reverse()
    .map((path) => `c ${have.get(path)!.mode.toString(8)} ${path}\n`);
  const lines = [
    ...change.remove.map((path) => `r 0 ${path}\n`),
    ...change.folders.map((path) => `d 0 ${path}\n`),
    ...change.send.map((path) => `m 0 ${path}\n`),
    ...modes,
  ];
  const script = sh`cd -- ${to} || exit 1
while IFS=' ' read -r what mode path; do
  case $what in
    r) rm -rf -- "./$path" ;;
    d) mkdir -p -- "./$path" ;;
    m) if [ -L "./$path" ] && [ -d "./$path" ]; then rm -f -- "./$path"; fi; mv -f -- ${hidden}/"$path" "./$path" ;;
    c) chmod "$mode" -- "./$path" ;;
  esac || exit 1
done`;
  await executeOrThrow(target.machine, target.account, script, {
    input: lines.join(""),
    quiet: true,
    title: `mv into ${to}`,
  });
}

async function copyFile(
  source: Side,
  target: Side,
  from: string,
  to: string,
  request: SyncRequest,
): Promise<SyncResult> {
  const unchanged = { changed: [], transferredBytes: 0, by: "tar" } as const;
  const look = async ({ machine, account }: Side, path: string) =>
    (await execute(machine, account, ["stat", "-c", "%a %s %Y", path], { quiet: true })).stdout.trim();
  const [have, there] = [await look(source, from), await look(target, to)];
  if (have === there || (there !== "" && request.ignoreExisting)) return unchanged;
  const [mode = "600", size = "0", modified = "0"] = have.split(" ");
  const part = quotePath(hiddenBeside(to));
  const line = `mkdir -p -- ${quotePath(dirname(to))} && umask 077 && cat >${part} && [ "$(wc -c <${part})" -ge ${size} ] && chmod ${mode} ${part} && touch -d @${modified} ${part} && mv -f ${part} ${quotePath(to)} || { rm -f ${part}; exit 1; }`;
  await carry(source, target, to, [`exec cat ${quotePath(from)}`, line], "");
  return { changed: [to.split("/").at(-1)!], transferredBytes: Number(size), by: "tar" };
}
