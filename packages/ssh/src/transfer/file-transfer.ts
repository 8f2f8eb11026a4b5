import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import {
  type Account,
  type FileOptions,
  HostoutError,
  type Process,
  quotePath,
  sh,
  userShell,
} from "@hostout/kit";
import { collect } from "../command/collect.ts";
import { executeOrThrow } from "../command/execute.ts";
import { type Machine, startOn } from "../command/machine.ts";
import { connectionLost } from "../failure/connect-failure.ts";
import { whenAborted } from "../failure/when-aborted.ts";
import { interruption } from "../process/until-end.ts";
import { countBytes } from "./count-bytes.ts";
import { sendFile } from "./send-file.ts";

/** The part of a file's name that its hidden name contains: a name has 255 bytes at most. */
const longestStem = 50;

/** Returns an unguessable name beside a file. hostout renames the complete file to its real name. */
export function hiddenBeside(path: string): string {
  const stem = [...basename(path)].slice(0, longestStem).join("");
  return join(dirname(path), `.${stem}.${randomBytes(9).toString("hex")}`);
}

/** Puts one file on the machine, whole or not at all. */
export async function upload(
  machine: Machine,
  account: Account,
  local: string,
  remote: string,
  { mode = 0o600 }: FileOptions = {},
): Promise<void> {
  const facts = await stat(local).catch((cause) => {
    throw cannotRead(local, cause);
  });
  const { size } = facts;
  const part = quotePath(hiddenBeside(remote));
  const target = quotePath(remote);
  const octal = mode.toString(8);
  // A target that is a folder would take the file inside it: `mv` alone does not refuse that everywhere.
  const line = userShell(
    `umask 077; [ ! -d ${target} ] || { echo ${target} is a folder >&2; exit 1; }; cat >${part} && [ "$(wc -c <${part})" -eq ${size} ] && chmod ${octal} ${part} && mv -f ${part} ${target} || { rm -f ${part}; exit 1; }`,
  );
  const sent = countBytes(machine.output, size);
  let fault: unknown;
  // The size on the host shows whether this file was read to its end.
  const feed = (process: Pick<Process, "stdin" | "exited">) =>
    sendFile(local, facts, process, sent.add).catch((error) => {
      fault = error;
    });
  await executeOrThrow(machine, account, line, { feed, quiet: true, title: `write ${remote}` }).catch(
    (error) => {
      if (fault === undefined) throw error;
    },
  );
  if (fault !== undefined) throw cannotRead(local, fault as NodeJS.ErrnoException);
  sent.end();
}

function cannotRead(local: string, cause: NodeJS.ErrnoException): HostoutError {
  return new HostoutError({
    code: "transfer-failed",
    message: `${local} cannot be read on this machine (${cause.code})`,
    cause,
  });
}

/** Fetches one file, whole or not at all. */
export async function download(
  machine: Machine,
  account: Account,
  remote: string,
  local: string,
): Promise<void> {
  const size = Number(
    (await executeOrThrow(machine, account, sh`wc -c <${remote}`, { quiet: true, title: `read ${remote}` }))
      .stdout,
  );
  await mkdir(dirname(local), { recursive: true, mode: 0o755 });
  const part = hiddenBeside(local);
  let forget = () => {};
  try {
    const process = await startOn(machine, account, `cat ${quotePath(remote)}`);
    process.stdin.end();
    const said = collect(undefined);
    const hasSaid = said.take(process.stderr).catch(() => undefined);
    const late = machine.timeoutMs === undefined ? [] : [AbortSignal.timeout(machine.timeoutMs)];
    const stop = AbortSignal.any([machine.signal, ...late]);
    forget = whenAborted(stop, process.kill);
    let got = 0;
    const came = countBytes(machine.output, size);
    process.stdout.on("data", (chunk: Buffer) => {
      got += chunk.length;
      came.add(chunk.length);
    });
    await pipeline(process.stdout, createWriteStream(part, { mode: 0o600 }), { signal: stop }).catch(
      (error) => {
        if (!stop.aborted) throw error;
      },
    );
    if (machine.signal.aborted) throw interruption();
    if (stop.aborted) throw tookTooLong(machine, remote);
    came.end();
    const { code } = await process.exited;
    await hasSaid;
    if (code === undefined) throw connectionLost(machine.name);
    if (code !== 0 || got < size) {
      throw new HostoutError({
        code: "transfer-failed",
        message: `${machine.name}: ${remote} came with ${got} of ${size} bytes${reasonOf(said.text())}`,
        host: machine.name,
      });
    }
    await rename(part, local);
  } finally {
    forget();
    await rm(part, { force: true });
  }
}

function reasonOf(said: string): string {
  const last = said.trim().split("\n").at(-1) ?? "";
  return last === "" ? "" : `: ${last}`;
}

function tookTooLong({ name, timeoutMs }: Machine, remote: string): HostoutError {
  return new HostoutError({
    code: "timeout",
    message: `${name}: ${remote} did not come within ${(timeoutMs ?? 0) / 1000} s`,
    hint: "Raise the option command-timeout.",
    host: name,
  });
}
