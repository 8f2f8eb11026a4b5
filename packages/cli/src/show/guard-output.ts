import { hideUrlSecrets } from "@hostout/config";
import { makeStyle } from "./style.ts";
import { colouredText } from "./visible-text.ts";

const guarded = new WeakSet<NodeJS.WriteStream>();

/**
 * Makes a stream remove control characters and secrets of URLs from each text. Colours stay if the stream has
 * colours. All output of hostout passes here. Bytes pass unchanged: those of a remote shell, of the board, and
 * secrets that the user asked for.
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
