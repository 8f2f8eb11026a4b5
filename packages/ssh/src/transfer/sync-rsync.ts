import { once } from "node:events";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import {
  type Exit,
  HostoutError,
  type Process,
  quote,
  type SyncRequest,
  type SyncResult,
  sh,
} from "@hostout/kit";
import { execute } from "../command/execute.ts";
import { readLines } from "../command/lines.ts";
import { startOn } from "../command/machine.ts";
import { connectionLost } from "../failure/connect-failure.ts";
import { diskFault } from "../failure/disk-fault.ts";
import { interruption } from "../process/until-end.ts";
import { pathsBeside, unlikeFolders } from "../tree/kept-folders.ts";
import { nulSeparated, readBytes } from "../tree/read-bytes.ts";
import { countBytes } from "./count-bytes.ts";
import { changedPath } from "./rsync-items.ts";
import { isSourceFolder, type Side } from "./side.ts";

/** Precedes each changed path in rsync's output, to separate it from all other lines. */
const mark = "hostout-changed:";

/**
 * The program that rsync runs as its ssh. The bridge prints the remote command on one line, then joins rsync with
 * descriptors 3 and 4.
 * hostout holds the other ends. So rsync uses the open session, without a login or a program of its own.
 */
const bridge = `sh -c 'shift; printf "%s\\n" "$*" >&4; exec 5<&0; cat <&5 >&4 & exec cat <&3' bridge`;

/** Makes one tree like another with rsync. Folders of the target keep their rights, as the request demands. */
export async function syncWithRsync(local: Side, remote: Side, request: SyncRequest): Promise<SyncResult> {
  const push = request.direction === "push";
  const [source, target] = push ? [local, remote] : [remote, local];
  const [from, to] = push ? [request.local, request.remote] : [request.remote, request.local];
  const unlike = await unlikeFolders(source, target, [from, to], request);
  if (unlike.size === 0)
    return transfer(local, remote, request, [...howToCopy(request), ...removing(request)]);
  // rsync gives each folder in its list the rights of the source. So the list names the entries beside those folders.
  const list = await listFor(local, await pathsBeside(source, from, unlike));
  try {
    const beside = [
      "--from0",
      "--no-implied-dirs",
      `--files-from=${list}`,
      ...(request.delete ? ["--force"] : []),
    ];
    const sent = await transfer(local, remote, request, [...howToCopy(request), ...beside]);
    if (!request.delete) return sent;
    const removed = await transfer(local, remote, request, [
      "-rs",
      "--existing",
      "--ignore-existing",
      ...removing(request),
    ]);
    return { ...sent, changed: [...sent.changed, ...removed.changed] };
  } finally {
    await removeFolder(local, dirname(list));
  }
}

/** Writes a list of names for rsync, in a folder of rsync's account: nobody else can read it. */
async function listFor(local: Side, paths: readonly string[]): Promise<string> {
  const script = sh`d=$(mktemp -d) && cat >"$d/paths" && printf %s "$d/paths"`;
  return readBytes(local, script, { title: "write the list of paths", input: nulSeparated(paths) });
}

/** Removes a folder, also after an interrupt, when no other command starts. An account's folder is removed with its rights. */
async function removeFolder({ machine, account }: Side, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
    .catch(() => execute(machine, account, ["rm", "-rf", "--", folder], { quiet: true }))
    .catch(() => undefined);
}

function howToCopy({ ignoreExisting, checksum }: SyncRequest): readonly string[] {
  return [
    // Existing files stay as they are, and so do the rights and times of their folders.
    ignoreExisting ? "-rltszO" : "-rlptsz",
    "--delay-updates",
    ...(ignoreExisting ? ["--ignore-existing"] : []),
    ...(checksum ? ["--checksum"] : []),
  ];
}

function removing(request: SyncRequest): readonly string[] {
  return request.delete ? ["--delete-delay", "--force"] : [];
}

/** Runs rsync on this machine and its other side on the host, and carries the bytes between them. */
async function transfer(
  local: Side,
  remote: Side,
  request: SyncRequest,
  how: readonly string[],
): Promise<SyncResult> {
  const { signal } = remote.machine;
  const target =
    request.direction === "push"
      ? ([remote.machine.name, request.remote] as const)
      : ([local.machine.name, request.local] as const);
  const client = await startOn(local.machine, local.account, await clientLine(local, remote, request, how));
  const messages: string[] = [];
  const changed: string[] = [];
  let transferredBytes = 0;
  const lines = readLines((line) => {
    const bytes = /^Total transferred file size: ([\d,.]+)/.exec(line)?.[1];
    if (line.startsWith(mark)) changed.push(...changedPath(line.slice(mark.length)));
    else if (bytes) transferredBytes = Number(bytes.replaceAll(/[,.]/g, ""));
    else if (!/^(Number of|Total |Literal |Matched |File list |sent |total size|$)/.test(line))
      messages.push(line);
  });
  client.stderr.on("data", (chunk: Buffer) => lines.write(chunk));
  const command = await firstLine(client.stdout);
  let server: Process | undefined;
  const abort = () => {
    client.kill();
    server?.kill();
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    if (command === undefined) throw failure(remote, target, await client.exited, messages);
    server = await startOn(remote.machine, remote.account, command);
    const remoteLines = readLines((line) => messages.push(line));
    server.stderr.on("data", (chunk: Buffer) => remoteLines.write(chunk));
    // Counts the bytes that rsync sends, with its protocol.
    const carried = countBytes(remote.machine.output);
    carry(client.stdout, server.stdin, carried.add);
    carry(server.stdout, client.stdin, carried.add);
    const [own, other] = await untilBothEnd(client, server);
    lines.end();
    if (signal.aborted) throw interruption();
    if (own.code === 0 && other.code === 0) return { changed, transferredBytes, by: "rsync" };
    if (other.code === undefined) throw connectionLost(remote.machine.name);
    throw failure(remote, target, own.code === 0 ? other : own, messages);
  } finally {
    signal.removeEventListener("abort", abort);
    if (server === undefined) client.kill();
  }
}

async function clientLine(
  local: Side,
  remote: Side,
  request: SyncRequest,
  how: readonly string[],
): Promise<string> {
  const isFolder = await isSourceFolder(local, remote, request);
  const slash = (path: string) => (isFolder ? `${path.replace(/\/+$/, "")}/` : path);
  // The bridge ignores the name of the host.
  const there = `host:${slash(request.remote)}`;
  const here = slash(request.local);
  const words = [
    ...how,
    "--stats",
    `--out-format=${mark}%i %n`,
    // As an option of its own, a pattern that begins with `+ ` or is `!` would have another meaning.
    ...(request.exclude ?? []).map((pattern) => `--filter=- ${pattern}`),
    "-e",
    bridge,
    "--",
    ...(request.direction === "push" ? [here, there] : [there, here]),
  ];
  return `exec 3<&0 4>&1 1>&2; LC_ALL=C exec rsync ${words.map(quote).join(" ")}`;
}

/** Reads up to the first line end and puts the rest back. Undefined if the stream ends before. */
async function firstLine(stream: Readable): Promise<string | undefined> {
  let read = Buffer.alloc(0);
  while (true) {
    const chunk: Buffer | null = stream.read();
    if (chunk === null) {
      if (stream.readableEnded || stream.destroyed) return undefined;
      await Promise.race([once(stream, "readable"), once(stream, "end"), once(stream, "close")]);
      if (stream.readableEnded) return undefined;
      continue;
    }
    read = Buffer.concat([read, chunk]);
    const end = read.indexOf(10);
    if (end < 0) continue;
    stream.unshift(read.subarray(end + 1));
    return read.subarray(0, end).toString("utf8");
  }
}

/** Waits for both processes. If one ends early, the other sees the end of its input, and nobody blocks its output. */
async function untilBothEnd(client: Process, server: Process): Promise<readonly [Exit, Exit]> {
  const serverEnded = server.exited.then((exit) => {
    client.stdout.unpipe(server.stdin);
    client.stdout.resume();
    if (exit.code !== 0) setTimeout(() => client.stdin.end(), 200).unref();
    if (exit.code !== 0) setTimeout(client.kill, 5000).unref();
    return exit;
  });
  const clientEnded = client.exited.then((exit) => {
    server.stdin.end();
    if (exit.code !== 0) setTimeout(server.kill, 5000).unref();
    return exit;
  });
  const ended = await Promise.all([clientEnded, serverEnded]);
  // The last output of rsync may still be on its way.
  await new Promise((resolve) =>
    client.stderr.readableEnded ? resolve(undefined) : client.stderr.once("end", resolve),
  );
  return ended;
}

function carry(from: Readable, to: Writable, count: (bytes: number) => void): void {
  to.on("error", () => undefined);
  from.on("data", (chunk: Buffer) => count(chunk.length));
  from.pipe(to);
}

const codes: Readonly<Record<number, string>> = {
  10: "the connection between the two rsyncs broke",
  11: "a file could not be written",
  12: "the other rsync ended too soon",
  20: "somebody ended rsync",
  23: "some files were not sent",
  24: "files vanished while they were sent",
  30: "no answer",
};

function failure(
  { machine }: Side,
  [where, path]: readonly [string, string],
  { code }: Exit,
  messages: readonly string[],
): HostoutError {
  const said = messages
    .filter((line) => line !== "" && !/^rsync error: /.test(line))
    .slice(0, 5)
    .join("\n");
  const fault = diskFault(messages.join("\n"), where, path);
  const why = fault?.what ?? codes[code ?? -1] ?? "an early end";
  return new HostoutError({
    code: fault?.code ?? "transfer-failed",
    message: `${machine.name}: rsync ended with ${code}: ${why}${said === "" ? "" : `\n${said}`}`,
    hint:
      fault?.hint ??
      (/cannot delete non-empty directory/.test(said)
        ? "A file takes the place of a folder that is not empty: --delete removes that."
        : "hostout keeps the sent files aside. The next try continues from there."),
    host: machine.name,
  });
}
