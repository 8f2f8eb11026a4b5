import { type Batch, HostoutError } from "@hostout/kit";

/** Flags that every command line may have. */
export interface GlobalFlags {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly noInput?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly help?: boolean;
  /** Leaves out the user's default.cfg of buildout. */
  readonly noUserDefaults?: boolean;
  readonly jobs?: number;
  readonly batch?: Batch;
  /** Glob of host names. */
  readonly hosts?: string;
  readonly timeoutSeconds?: number;
}

const switches: Readonly<Record<string, keyof GlobalFlags>> = {
  "--dry-run": "dryRun",
  "--json": "json",
  "--yes": "yes",
  "-y": "yes",
  "--no-input": "noInput",
  "--verbose": "verbose",
  "-v": "verbose",
  "--quiet": "quiet",
  "-q": "quiet",
  "--no-user-defaults": "noUserDefaults",
  "-U": "noUserDefaults",
  "--help": "help",
  "-h": "help",
};
const valued: Readonly<Record<string, "config" | "jobs" | "batch" | "hosts" | "timeoutSeconds">> = {
  "--config": "config",
  "-c": "config",
  "--jobs": "jobs",
  "--batch": "batch",
  "--hosts": "hosts",
  "--timeout": "timeoutSeconds",
};

/** As they are written, long and short. */
export const globalFlagNames: readonly string[] = [...Object.keys(switches), ...Object.keys(valued)];

/**
 * Takes a global flag off the front of `words`.
 *
 * @returns what it sets and how many words it is; undefined when the first word is no global flag
 * @throws HostoutError `usage` when its value is missing or wrong
 */
export function takeGlobalFlag(
  words: readonly string[],
): { readonly flags: GlobalFlags; readonly count: number } | undefined {
  const word = words[0] ?? "";
  const simple = switches[word];
  if (simple) return { flags: { [simple]: true }, count: 1 };
  const [, name = word, attached] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  const key = valued[name];
  if (!key) return undefined;
  const text = attached ?? words[1];
  if (text === undefined)
    throw new HostoutError({
      code: "usage",
      message: `${name} needs a value`,
      hint: "'hostout --help' lists the flags.",
    });
  const count = attached === undefined ? 2 : 1;
  if (key === "config" || key === "hosts") return { flags: { [key]: text }, count };
  if (key === "batch") return { flags: { batch: parseBatch(text) }, count };
  if (!/^[1-9]\d*$/.test(text)) {
    throw new HostoutError({ code: "usage", message: `${name} needs a whole number from 1, not '${text}'` });
  }
  return { flags: { [key]: Number(text) }, count };
}

/** `5` hosts, or `25%` of them. @throws HostoutError `usage` */
function parseBatch(text: string): Batch {
  const [, number, percent] = /^([1-9]\d*)(%?)$/.exec(text) ?? [];
  if (number === undefined || (percent === "%" && Number(number) > 100)) {
    throw new HostoutError({
      code: "usage",
      message: `--batch needs a number of hosts or a part of them, not '${text}'`,
      hint: "For example: --batch 5, or --batch 25%.",
    });
  }
  return percent === "%" ? { percent: Number(number) } : { hosts: Number(number) };
}
