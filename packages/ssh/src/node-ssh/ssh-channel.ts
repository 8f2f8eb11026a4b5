import type { Exit, Process, Terminal } from "@hostout/kit";
import type { Client, ClientChannel } from "ssh2";
import { noteCopied } from "../process/copied-input.ts";
import { endedBy } from "../process/exit-of.ts";
import { endMarkedLine } from "../shell/end-marked.ts";
import { lineForLoginShell } from "../shell/login-shell.ts";

export function endMarked(client: Client, nonce: string): void {
  client.exec(lineForLoginShell(endMarkedLine(nonce), "ended"), (error, channel) => {
    if (!error) channel.resume();
  });
}

/** Makes a process of a channel. `endAll` ends all processes of the command. */
export function asProcess(channel: ClientChannel, endAll: () => void): Process {
  channel.on("error", () => undefined);
  // ssh2 encrypts the bytes of a write before it reports the end of the write.
  noteCopied(channel);
  const exited = new Promise<Exit>((resolve) => {
    // Not at `close`, which follows the last read: a caller may wait for the end before the caller reads on.
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
        // The connection is closed, and the channel with it.
      }
    },
  };
}

/** Returns a description of the user's terminal for a server. Sizes in characters. */
export function windowOf({ stdout }: Terminal): {
  readonly rows: number;
  readonly cols: number;
  readonly term: string;
} {
  return { rows: stdout.rows ?? 24, cols: stdout.columns ?? 80, term: process.env.TERM ?? "xterm" };
}

/** Joins a channel with a terminal to the user's. Resolves to the exit code. */
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
