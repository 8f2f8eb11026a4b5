import { quote } from "@hostout/kit";

/*
 * Commands that end or find processes by their command line (`pkill -f name`, `pgrep -f name`) must not find the shell
 * that runs them.
 * So no lasting process has the line among its words: its shell takes the line from the environment, or reads it.
 */

/** The words of a shell that runs the line in its environment. */
export const runsLine = 'eval "unset HOSTOUT_LINE; $HOSTOUT_LINE"';

/** Puts the line into the environment of the command after it. */
export function withLine(line: string): string {
  return `HOSTOUT_LINE=${quote(line)}; export HOSTOUT_LINE; `;
}

/**
 * The words of a shell that first reads the line from its input: see {@link readAs}. The shell does not run an
 * incomplete line.
 *
 * @param end a word that the line does not contain
 */
export function readsLine(end: string): string {
  return `HOSTOUT_LINE=
while IFS= read -r HOSTOUT_READ && [ "$HOSTOUT_READ" != ${end} ]; do HOSTOUT_LINE="$HOSTOUT_LINE$HOSTOUT_READ
"; done
[ "$HOSTOUT_READ" = ${end} ] || { echo "the line to run did not come whole" >&2; exit 1; }
eval "unset HOSTOUT_LINE HOSTOUT_READ; $HOSTOUT_LINE"`;
}

/** Returns the input for {@link readsLine}. */
export function readAs(line: string, end: string): string {
  return `${line}\n${end}\n`;
}
