import type { Command, RunOptions } from "@hostout/kit";
import { type Collected, collect } from "./collect.ts";
import { commandFailure, execute } from "./execute.ts";
import type { Side } from "./side.ts";

/**
 * All that a command writes, however much, each byte as one character (latin1): names of files are bytes, and need not be UTF-8.
 *
 * @throws HostoutError as `execute`, and `command-failed` where the status is not 0
 */
export async function readBytes(
  { machine, account }: Side,
  command: Command,
  { title, input }: { readonly title: string; readonly input?: RunOptions["input"] },
): Promise<string> {
  const output = { stdout: collectAll(), stderr: collect(undefined) };
  const finished = await execute(machine, account, command, { quiet: true, title, input }, output);
  if (finished.code !== 0) throw commandFailure(machine.name, title, { ...finished, stdout: "" });
  return output.stdout.text();
}

function collectAll(): Collected {
  const chunks: Buffer[] = [];
  let total = 0;
  return {
    take: (stream) => {
      stream.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        total += chunk.length;
      });
      return new Promise<void>((resolve) => {
        for (const event of ["end", "close", "error"]) stream.once(event, () => resolve());
      });
    },
    end: () => undefined,
    text: () => Buffer.concat(chunks).toString("latin1"),
    isCut: () => false,
    count: () => total,
  };
}

/** Names as they are read by `xargs -0`. Each character is one byte. */
export function nulSeparated(names: readonly string[]): Buffer {
  return Buffer.from(names.map((name) => `${name}\0`).join(""), "latin1");
}
