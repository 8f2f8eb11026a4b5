import type { PartOfHosts } from "@hostout/engine";
import { HostoutError } from "@hostout/kit";
import { type FlagValue, type GlobalFlag, globalFlagTable, spellingsOf } from "./global-flag-table.ts";

interface ValueTypes {
  readonly text: string;
  readonly number: number;
  readonly part: PartOfHosts;
}

type SettingOf<Flag> = Flag extends { readonly value: { readonly type: infer Type extends keyof ValueTypes } }
  ? ValueTypes[Type]
  : boolean;

/** The settings of the flags that a command line may have, as `globalFlagTable` declares them. */
export type GlobalFlags = { readonly [Flag in GlobalFlag as Flag["setting"]]?: SettingOf<Flag> };

const bySpelling: ReadonlyMap<string, GlobalFlag> = new Map(
  globalFlagTable.flatMap((flag) => spellingsOf(flag).map((spelling) => [spelling, flag] as const)),
);

/** All spellings, long and short. */
export const globalFlagNames: readonly string[] = [...bySpelling.keys()];

/**
 * Takes a global flag off the front of `words`.
 *
 * @returns the setting of the flag, and its number of words; undefined if the first word is not a global flag
 * @throws HostoutError `usage` if the value is missing or wrong
 */
export function takeGlobalFlag(
  words: readonly string[],
): { readonly flags: GlobalFlags; readonly count: number } | undefined {
  const word = words[0] ?? "";
  const [, name = word, attached] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  const flag = bySpelling.get(name);
  if (!flag) return undefined;
  if (!("value" in flag))
    return attached === undefined ? { flags: { [flag.setting]: true }, count: 1 } : undefined;
  const text = attached ?? words[1];
  if (text === undefined)
    throw new HostoutError({
      code: "usage",
      message: `${name} needs a value`,
      hint: "'hostout --help' lists the flags.",
    });
  const count = attached === undefined ? 2 : 1;
  return { flags: { [flag.setting]: readValue(name, text, flag.value) }, count };
}

/**
 * Reads the value of a flag.
 *
 * @throws HostoutError `usage`
 */
function readValue(name: string, text: string, value: FlagValue): string | number | PartOfHosts {
  if (value.type === "text") return text;
  return value.type === "number"
    ? wholeNumber(name, text, value.least)
    : partOfHosts(name, text, value.least);
}

/**
 * Reads a whole number from `least`, at most 9 digits.
 *
 * @throws HostoutError `usage`
 */
function wholeNumber(name: string, text: string, least: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  throw new HostoutError({
    code: "usage",
    message: `${name} needs a whole number from ${least}, not '${text}'`,
    hint: `For example: ${name} 3.`,
  });
}

/**
 * Reads a part of the hosts: `5` hosts, or `25%` of them.
 *
 * @throws HostoutError `usage`
 */
function partOfHosts(name: string, text: string, least: number): PartOfHosts {
  const [, number, percent] = /^(\d{1,9})(%?)$/.exec(text) ?? [];
  if (number === undefined || Number(number) < least || (percent === "%" && Number(number) > 100)) {
    throw new HostoutError({
      code: "usage",
      message: `${name} needs a number of hosts or a part of them, not '${text}'`,
      hint: `For example: ${name} 5, or ${name} 25%.`,
    });
  }
  return percent === "%" ? { percent: Number(number) } : { hosts: Number(number) };
}
