import { hideUrlSecrets } from "@hostout/config";
import { makeStyle } from "./style.ts";
import { colouredText } from "./visible-text.ts";

const guarded = new WeakSet<NodeJS.WriteStream>();

/**
 * Makes a stream show each text that is written to it without power over the terminal, but for colours where there are colours,
 * and without the passwords and tokens of addresses. All that hostout prints goes through here. Bytes pass as they are: those of a remote shell, the board's own, and secrets
 * that somebody asked to see.
 */
export function guardOutput(
  stream: NodeJS.WriteStream,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  if (guarded.has(stream)) return;
  guarded.add(stream);
  const { hasColours } = makeStyle(stream, environment);
  const write = stream.write.bind(stream) as (chunk: unknown, ...more: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...more: unknown[]) =>
    write(typeof chunk === "string" ? hideUrlSecrets(colouredText(chunk, hasColours)) : chunk, ...more);
}
