import type { Exit, Process, Terminal } from "@hostout/kit";
import type { Client, ClientChannel } from "ssh2";
import { endedBy } from "../command/exit-of.ts";
import { lineForLoginShell } from "../command/login-shell.ts";

/**
 * sshd passes signals on for all but root (its session.c, session_signal_req), and then only to who does not become
 * somebody else; so what has the mark in its environment is looked up and told to end, where the host has /proc. The line itself is in
 * the environment of the shell that looks.
 */
export function endMarkedLine(nonce: string): string {
  return `for f in $(grep -la ${nonce} /proc/[0-9]*/environ); do p=\${f#/proc/}; p=\${p%/environ}; [ "$p" = $$ ] || kill "$p"; done 2>/dev/null`;
}

export function endMarked(client: Client, nonce: string): void {
  client.exec(lineForLoginShell(endMarkedLine(nonce), "ended"), (error, channel) => {
    if (!error) channel.resume();
  });
}

/** A channel as a process. `endAll` ends what the command started. */
export function asProcess(channel: ClientChannel, endAll: () => void): Process {
  channel.on("error", () => undefined);
  const exited = new Promise<Exit>((resolve) => {
    // Not at `close`: that comes when all output was read, and somebody may wait for the end before he reads on.
    channel.on("exit", (code: number | null, signal?: string) =>
      resolve(code === null ? endedBy(signal ?? "") : { code }),
    );
    channel.on("close", () => resolve({ code: undefined }));
  });
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    exited,
    kill: () => {
      try {
        channel.signal("TERM");
        endAll();
        channel.close();
      } catch {
        // The connection is gone, and with it the channel.
      }
    },
  };
}

/** What a server is told of the user's terminal. Sizes in characters. */
export function windowOf({ stdout }: Terminal): {
  readonly rows: number;
  readonly cols: number;
  readonly term: string;
} {
  return { rows: stdout.rows ?? 24, cols: stdout.columns ?? 80, term: process.env.TERM ?? "xterm" };
}

/** Joins a channel with a terminal to the user's. Resolves to the status. */
export function joinTerminal(channel: ClientChannel, terminal: Terminal): Promise<number> {
  const { stdin, stdout } = terminal;
  const resize = () => channel.setWindow(stdout.rows, stdout.columns, 0, 0);
  stdin.setRawMode?.(true);
  stdin.pipe(channel);
  channel.pipe(stdout, { end: false });
  stdout.on("resize", resize);
  return new Promise((resolve) => {
    let status = 255;
    channel.on("exit", (code: number | null, signal?: string) => {
      status = code ?? endedBy(signal ?? "").code;
    });
    channel.on("close", () => {
      stdout.off("resize", resize);
      stdin.unpipe(channel);
      stdin.setRawMode?.(false);
      stdin.pause();
      resolve(status);
    });
  });
}
