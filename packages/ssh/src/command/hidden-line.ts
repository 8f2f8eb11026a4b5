import { quote } from "@hostout/kit";

/*
 * A line that ends processes by their command line (`pkill -f name`), or looks for them (`pgrep -f name`), must not find the shell that
 * runs it. So no process that stays has the line among its words: its shell takes it from the environment, or reads it.
 */

/** What a shell runs whose environment has the line. */
export const runsLine = 'eval "unset HOSTOUT_LINE; $HOSTOUT_LINE"';

/** Lets what is run after it have the line in its environment. */
export function withLine(line: string): string {
  return `HOSTOUT_LINE=${quote(line)}; export HOSTOUT_LINE; `;
}

/**
 * What a shell runs that reads the line first, from what it goes on to read as its input: see {@link readAs}. A line that does not come whole
 * is not run.
 *
 * @param end a word that the line does not have
 */
export function readsLine(end: string): string {
  return `HOSTOUT_LINE=
while IFS= read -r HOSTOUT_READ && [ "$HOSTOUT_READ" != ${end} ]; do HOSTOUT_LINE="$HOSTOUT_LINE$HOSTOUT_READ
"; done
[ "$HOSTOUT_READ" = ${end} ] || { echo "the line to run did not come whole" >&2; exit 1; }
eval "unset HOSTOUT_LINE HOSTOUT_READ; $HOSTOUT_LINE"`;
}

/** What {@link readsLine} reads. */
export function readAs(line: string, end: string): string {
  return `${line}\n${end}\n`;
}
