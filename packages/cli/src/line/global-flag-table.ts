import type { PartOfHosts, RunSettings } from "@hostout/engine";

/** The value of a flag: `text` as typed, or a `number` or a `part` of the hosts, at least `least`. */
export type FlagValue =
  | { readonly type: "text"; readonly label: string }
  | { readonly type: "number" | "part"; readonly label: string; readonly least: number };

interface GlobalFlagDeclaration {
  readonly name: `--${string}`;
  readonly short?: `-${string}`;
  /** If not given, the flag is a switch. Help shows its `label`. */
  readonly value?: FlagValue;
  readonly help: string;
  /** The key of `GlobalFlags` that the flag sets. */
  readonly setting: string;
  /** Turns the value into limits of the run. The journal keeps them for `resume`. */
  readonly limit?: (value: never) => Partial<RunSettings>;
  /** Whether the flag only affects commands that run batch by batch. */
  readonly rolling?: true;
  /** Whether a topic that does not declare the flag ignores it. */
  readonly harmless?: true;
  /** Whether the flag selects some hosts of the sites. */
  readonly narrowing?: true;
}

/**
 * Every flag of hostout itself, in the order of the help. Parser, help, completion and limits all read this
 * table.
 */
export const globalFlagTable = [
  {
    name: "--config",
    short: "-c",
    value: { type: "text", label: "FILE" },
    help: "the configuration; else HOSTOUT_CONFIG, hostout.cfg, buildout.cfg, here or above",
    setting: "config",
  },
  {
    name: "--dry-run",
    help: "show the work of the run; ask the hosts, change nothing",
    setting: "dryRun",
  },
  {
    name: "--hosts",
    value: { type: "text", label: "GLOB" },
    help: "only hosts of such a name",
    setting: "hosts",
    narrowing: true,
  },
  {
    name: "--jobs",
    value: { type: "number", label: "N", least: 1 },
    help: "hosts that work at one time (32)",
    setting: "jobs",
    limit: (jobs: number) => ({ jobs }),
  },
  {
    name: "--batch",
    value: { type: "part", label: "N|N%", least: 1 },
    help: "hosts that a rolling part takes at a time (1)",
    setting: "batch",
    limit: (batch: PartOfHosts) => ({ batch }),
    rolling: true,
  },
  {
    name: "--canary",
    value: { type: "number", label: "N", least: 1 },
    help: "a first batch of N hosts in each rolling part",
    setting: "canary",
    limit: (canary: number) => ({ canary }),
    rolling: true,
  },
  {
    name: "--pause",
    value: { type: "number", label: "SECONDS", least: 1 },
    help: "between the batches of a rolling part",
    setting: "pauseSeconds",
    limit: (seconds: number) => ({ pauseMs: seconds * 1000 }),
    rolling: true,
  },
  {
    name: "--max-failures",
    value: { type: "part", label: "N|N%", least: 0 },
    help: "continue while at most so many hosts fail or are unreachable (0)",
    setting: "maxFailures",
    limit: (maxFailures: PartOfHosts) => ({ maxFailures }),
  },
  {
    name: "--no-undo",
    help: "past that, do not roll back the hosts of a rolling part",
    setting: "noUndo",
    limit: (noUndo: boolean) => (noUndo ? { undo: false } : {}),
  },
  {
    name: "--retries",
    value: { type: "number", label: "N", least: 0 },
    help: "repeat a failed step that may run twice, after 1 s, 2 s, 4 s, … (0)",
    setting: "retries",
    limit: (retries: number) => ({ retries }),
  },
  {
    name: "--failed",
    help: "only hosts that failed in the last run",
    setting: "failed",
    narrowing: true,
  },
  {
    name: "--timeout",
    value: { type: "number", label: "SECONDS", least: 1 },
    help: "end the run after that time",
    setting: "timeoutSeconds",
  },
  {
    name: "--no-user-defaults",
    short: "-U",
    help: "leave out ~/.buildout/default.cfg",
    setting: "noUserDefaults",
    harmless: true,
  },
  {
    name: "--json",
    help: "print events as lines of JSON on stdout",
    setting: "json",
  },
  {
    name: "--no-input",
    help: "never ask; refuse instead",
    setting: "noInput",
    harmless: true,
  },
  {
    name: "--yes",
    short: "-y",
    help: "answer yes to what is asked before a run",
    setting: "yes",
    harmless: true,
  },
  {
    name: "--quiet",
    short: "-q",
    help: "only failures, warnings and the recap",
    setting: "quiet",
    harmless: true,
  },
  {
    name: "--verbose",
    short: "-v",
    help: "each step: its start, its end and details",
    setting: "verbose",
    harmless: true,
  },
  {
    name: "--help",
    short: "-h",
    help: "help on hostout, a site or a command",
    setting: "help",
  },
] as const satisfies readonly GlobalFlagDeclaration[];

/** A flag of hostout itself. */
export type GlobalFlag = (typeof globalFlagTable)[number];

/** Both spellings of a flag, the long one first. */
export function spellingsOf(flag: GlobalFlag): readonly string[] {
  return "short" in flag ? [flag.name, flag.short] : [flag.name];
}

/** Checks whether a word is a spelling of the flag with this setting. */
export function isFlag(word: string, setting: GlobalFlag["setting"]): boolean {
  return globalFlagTable.some((flag) => flag.setting === setting && spellingsOf(flag).includes(word));
}
