import { HostoutError } from "@hostout/kit";
import { exits } from "./exits.ts";

/** The input of a script. An argument would hold too little: 128 KiB, with the quotes around quotes. */
export interface Given {
  /** For example, the record of a release. */
  readonly text?: string | undefined;
  /** For example, names of folders. */
  readonly words?: readonly string[] | undefined;
}

/**
 * Formats an input: lines of the text after a `t`, words after a `w`, and a dot at the end.
 *
 * @throws HostoutError `refused` if a word has a line end
 */
export function formatGiven({ text, words = [] }: Given): string {
  const broken = words.find((word) => word.includes("\n"));
  if (broken !== undefined) {
    throw new HostoutError({
      code: "refused",
      message: `the name ${JSON.stringify(broken)} has a line end`,
      hint: "Rename it.",
    });
  }
  const lines = text === undefined ? [] : text.replace(/\n$/, "").split("\n");
  return [...lines.map((line) => `t${line}`), ...words.map((word) => `w${word}`), ".\n"].join("\n");
}

/**
 * POSIX sh: reads {@link Given}, at most 4 MiB, into `$given`, and its text into `$text`. An input without the dot was
 * cut off.
 * The script reads it before it asks for the lock, so that a client that vanishes keeps nobody waiting.
 */
export const readGiven = `given=$(head -c 4194304)
case $given in . | *'
.') ;; *) exit ${exits.cutOff} ;; esac
text=$(printf '%s\\n' "$given" | sed -n 's/^t//p') || exit 1`;

/** POSIX sh: makes the words of {@link Given} the arguments of the script. */
export const takeWords = `given=$(printf '%s\\n' "$given" | sed -n 's/^w//p') || exit 1
IFS='
'
set -f
set -- $given
set +f
unset IFS`;
