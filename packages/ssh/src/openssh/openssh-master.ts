import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { isHostoutError } from "@hostout/kit";
import type { Askpass } from "../login/askpass.ts";
import { givenUp } from "../node-ssh/ssh-socket.ts";
import { whenAborted } from "../transport/when-aborted.ts";
import { whenShellIsSilent } from "./silent-shell.ts";

/** The session was had, and the login shell did not do what it was to. The message is what it said. */
export class ShellEnded extends Error {
  readonly code: number;
  constructor(code: number, said: string) {
    super(said);
    this.code = code;
  }
}

/** Resolves when the session is there. It lives as long as its input is open: when hostout is killed, it ends too. Rejects with what ssh said. */
export async function openMaster(
  ssh: (words: readonly string[], line: string) => ChildProcess,
  more: readonly string[],
  {
    askpass,
    control,
    label,
    onLost,
    onOpen,
    signal,
  }: {
    readonly askpass: Askpass | undefined;
    readonly control: string;
    readonly label: string;
    readonly onLost: () => void;
    /** Told what ssh printed before the session was there. */
    readonly onOpen: (said: string) => void;
    /** Gives it up; a HostoutError as its reason is why. */
    readonly signal: AbortSignal;
  },
): Promise<ChildProcess> {
  const nonce = randomBytes(9).toString("hex");
  const words = [
    ...["-M", "-T", "-o", "ControlPersist=no", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4"],
    // It says there why an address cannot be dialled.
    ...["-o", "LogLevel=INFO"],
    ...more,
    ...["-o", `BatchMode=${askpass ? "no" : "yes"}`],
  ];
  const child = ssh(words, `echo ${nonce}; exec cat >/dev/null`);
  child.stdin?.on("error", () => undefined);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const { promise: isThere, resolve: ready, reject } = Promise.withResolvers<void>();
  const done = whenAborted(signal, () => {
    child.kill();
    // Its end may be long in coming: what it asks with holds its output.
    reject(isHostoutError(signal.reason) ? signal.reason : givenUp());
  });
  const stopLooking = whenShellIsSilent(control, label, (fault) => {
    child.kill();
    reject(fault);
  });
  let heard = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    heard += text;
    if (heard.includes(nonce)) ready();
  });
  child.once("error", reject);
  // A status other than ssh's own is that of what it ran.
  child.once("close", (code) =>
    reject(code === null || code === 255 ? new Error(said.trim()) : new ShellEnded(code, `${heard}${said}`)),
  );
  await isThere.finally(() => {
    done();
    stopLooking();
  });
  child.once("close", onLost);
  onOpen(said);
  return child;
}
