import type { PartOfHosts } from "@hostout/engine";
import { HostoutError } from "@hostout/kit";

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
  readonly batch?: PartOfHosts;
  readonly canary?: number;
  readonly pauseSeconds?: number;
  readonly maxFailures?: PartOfHosts;
  readonly noUndo?: boolean;
  readonly retries?: number;
  /** Only hosts that failed in the last run. */
  readonly failed?: boolean;
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
  "--no-undo": "noUndo",
  "--failed": "failed",
  "--help": "help",
  "-h": "help",
};
type Valued = {
  readonly [K in keyof GlobalFlags]?: (name: string, text: string) => GlobalFlags[K];
};

/** How the value of a flag is read. */
const readers = {
  config: (_name, text) => text,
  hosts: (_name, text) => text,
  jobs: (name, text) => wholeNumber(name, text, 1),
  timeoutSeconds: (name, text) => wholeNumber(name, text, 1),
  batch: (name, text) => partOfHosts(name, text, 1),
  canary: (name, text) => wholeNumber(name, text, 1),
  pauseSeconds: (name, text) => wholeNumber(name, text, 1),
  maxFailures: (name, text) => partOfHosts(name, text, 0),
  retries: (name, text) => wholeNumber(name, text, 0),
} as const satisfies Valued;

const valued: Readonly<Record<string, keyof typeof readers>> = {
  "--config": "config",
  "-c": "config",
  "--jobs": "jobs",
  "--batch": "batch",
  "--canary": "canary",
  "--pause": "pauseSeconds",
  "--max-failures": "maxFailures",
  "--retries": "retries",
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
  return { flags: { [key]: readers[key](name, text) }, count };
}

/** @throws HostoutError `usage` */
function wholeNumber(name: string, text: string, least: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  throw new HostoutError({
    code: "usage",
    message: `${name} needs a whole number from ${least}, not '${text}'`,
    hint: `For example: ${name} 3.`,
  });
}

/** `5` hosts, or `25%` of them. @throws HostoutError `usage` */
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
