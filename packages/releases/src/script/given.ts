import { HostoutError } from "@hostout/kit";
import { exits } from "./exits.ts";

/** The input of a script. An argument would hold too little: 128 KiB, with the quotes around quotes. */
export interface Given {
  /** For example, the record of a release. */
  readonly text?: string | undefined;
  /** For example, names of folders. */
  readonly words?: readonly string[] | undefined;
}

/** The last line of an input. An input without it was cut off. */
const lastLine = ".end of the input";

/**
 * Formats an input. Text and words together have a `t` or a `w` before each line.
 *
 * @throws HostoutError `refused` if a word has a line end
 */
export function formatGiven({ text, words }: Given): string {
  const broken = words?.find((word) => word.includes("\n"));
  if (broken !== undefined) {
    throw new HostoutError({
      code: "refused",
      message: `the name ${JSON.stringify(broken)} has a line end`,
      hint: "Rename it.",
    });
  }
  const lines = text?.replace(/\n$/, "").split("\n");
  const given =
    lines && words
      ? [...lines.map((line) => `t${line}`), ...words.map((word) => `w${word}`)]
      : (lines ?? words ?? []);
  return [...given, `${lastLine}\n`].join("\n");
}

/**
 * POSIX sh: reads {@link Given}, at most 4 MiB, into `$given`.
 * The script reads it before it asks for the lock, so that a client that vanishes keeps nobody waiting.
 */
export const readGiven = `given=$(head -c 4194304)
case $given in
  '${lastLine}') given= ;;
  *'
${lastLine}') given=${"$"}{given%?'${lastLine}'} ;;
  *) exit ${exits.cutOff} ;;
esac`;

/** POSIX sh: makes the words of {@link Given}, which has no text, the arguments of the script. */
export const takeWords = `IFS='
'
set -f
set -- $given
set +f
unset IFS`;

/** POSIX sh: takes text and words of {@link Given} apart: the text into `$text`, the words as {@link takeWords}. */
export const takeTextAndWords = `text=$(printf '%s\\n' "$given" | sed -n 's/^t//p') || exit 1
given=$(printf '%s\\n' "$given" | sed -n 's/^w//p') || exit 1
${takeWords}`;
