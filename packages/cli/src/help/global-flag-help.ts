import { globalFlagTable, spellingsOf } from "../line/global-flag-table.ts";

/** The rows of the help: each flag with its spellings and its value, and its summary. */
export const globalFlagHelp: readonly (readonly [string, string])[] = globalFlagTable.map((flag) => {
  const spellings = spellingsOf(flag).toReversed().join(", ");
  return ["value" in flag ? `${spellings} ${flag.value.label}` : spellings, flag.help];
});
