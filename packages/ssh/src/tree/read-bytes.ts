import { HostoutError, type RunOptions, type ShellLine, sh } from "@hostout/kit";
import { type Collected, collect } from "../command/collect.ts";
import { commandFailure, execute } from "../command/execute.ts";
import type { Side } from "../transfer/side.ts";

/**
 * The end of each output. A host may report a command's end before its output arrives, and the connection may break in
 * between.
 */
const endMark = "hostout-end";

/**
 * Returns the whole output of a command, of any size, each byte as one character (latin1). File names are bytes, and
 * need not be UTF-8.
 *
 * @throws HostoutError as `execute`, `command-failed` if the exit code is not 0, and `transfer-failed` if the rest does
 * not arrive
 */
export async function readBytes(
  { machine, account }: Side,
  line: ShellLine,
  { title, input }: { readonly title: string; readonly input?: RunOptions["input"] },
): Promise<string> {
  const marked = sh`(${line}
) && printf %s ${endMark}`;
  const output = { stdout: collectAll(), stderr: collect(undefined) };
  const finished = await execute(
    machine,
    account,
    marked,
    { quiet: true, title, input, mustBeWhole: true },
    output,
  );
  if (finished.code !== 0) throw commandFailure(machine.name, title, { ...finished, stdout: "" });
  const text = output.stdout.text();
  // The caller would take entries missing from a listing for removed ones.
  if (!text.endsWith(endMark))
    throw new HostoutError({
      code: "transfer-failed",
      message: `${machine.name}: the output of '${title}' did not come whole`,
      host: machine.name,
    });
  return text.slice(0, -endMark.length);
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

/** Formats names for `xargs -0`. Each character is one byte. */
export function nulSeparated(names: readonly string[]): Buffer {
  return Buffer.from(names.map((name) => `${name}\0`).join(""), "latin1");
}
