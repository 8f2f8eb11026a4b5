import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { isHostoutError } from "@hostout/kit";
import { whenAborted } from "../failure/when-aborted.ts";
import type { Askpass } from "../login/askpass.ts";
import { givenUp } from "../node-ssh/ssh-socket.ts";
import type { LoginPlace } from "../shell/login-shell.ts";
import { whenShellIsSilent } from "./silent-shell.ts";

/** The error for a session whose login shell failed to run the command. The message is the shell's output. */
export class ShellEnded extends Error {
  readonly code: number;
  constructor(code: number, said: string) {
    super(said);
    this.code = code;
  }
}

/**
 * Opens a session, and resolves when it is ready. The session lives while its input is open: if hostout is killed, the
 * session ends too.
 * Rejects with the output of ssh.
 */
export async function openMaster(
  ssh: (words: readonly string[], line: string) => ChildProcess,
  more: readonly string[],
  {
    askpass,
    control,
    place,
    onLost,
    onOpen,
    signal,
  }: {
    readonly askpass: Askpass | undefined;
    readonly control: string;
    readonly place: LoginPlace;
    readonly onLost: () => void;
    /** Receives the output of ssh before the session was ready. */
    readonly onOpen: (said: string) => void;
    /** Cancels the opening. A HostoutError as its reason becomes the error. */
    readonly signal: AbortSignal;
  },
): Promise<ChildProcess> {
  const nonce = randomBytes(9).toString("hex");
  const words = [
    ...["-M", "-T", "-o", "ControlPersist=no", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4"],
    // At this level ssh prints the reason why it cannot connect to an address.
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
    // The end of ssh may be slow to arrive: the program that asks for answers holds ssh's output.
    reject(isHostoutError(signal.reason) ? signal.reason : givenUp());
  });
  const stopLooking = whenShellIsSilent(control, place, (fault) => {
    child.kill();
    reject(fault);
  });
  let heard = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    heard += text;
    if (heard.includes(nonce)) ready();
  });
  child.once("error", reject);
  // An exit code other than ssh's own is that of the command.
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
