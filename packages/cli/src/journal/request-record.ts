import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { hasUrlSecret, hideUrlSecrets, isSecretName } from "@hostout/config";
import { type Plan, planSignature, type Request } from "@hostout/engine";
import { commandWords, type Invocation, who } from "@hostout/kit";
import type { RunLimits } from "../run/run-limits.ts";
import { isComposed } from "./is-composed.ts";
import { isReadOnlyPlan } from "./is-read-only.ts";

/** The first line of a journal: the request of the run, from which `resume` continues. */
export interface RequestRecord {
  readonly type: "request";
  readonly run: string;
  /** The run that this one resumes. `first` is the first run of that chain. */
  readonly resumes?: string | undefined;
  readonly first: string;
  readonly config: string;
  readonly assignments: readonly string[];
  readonly userDefaults: boolean;
  /** The sites as typed, and the flags that select their hosts: `all`, `--hosts web*`. */
  readonly selection?: readonly string[] | undefined;
  /** The user and the machine: `ann@laptop`. */
  readonly who?: string | undefined;
  readonly targets: readonly {
    readonly site: string;
    readonly host: string;
    readonly port?: number | undefined;
  }[];
  readonly commands: readonly { readonly name: string; readonly invocation: Invocation }[];
  readonly limits: RunLimits;
  /** The SHA-256 of the plan that the commands result in. */
  readonly signature: string;
  /** Whether a secret was omitted, so that `resume` cannot continue from this record alone. */
  readonly isRedacted: boolean;
  /** Whether the commands change nothing. */
  readonly isReadOnly?: boolean | undefined;
  /** Whether the run has several steps that change something; undefined in the journal of an older hostout. */
  readonly isComposed?: boolean | undefined;
  readonly process: ProcessMark;
}

/** The identity of a process, different from a later process with the same number. */
export interface ProcessMark {
  readonly pid: number;
  readonly machine: string;
  /** The start in clock ticks since the machine started; undefined if unknown. */
  readonly started: string | undefined;
}

/** The configuration of a request, and how it was read. */
export interface RequestSource {
  readonly config: string;
  readonly assignments: readonly string[];
  readonly userDefaults: boolean;
  readonly selection?: readonly string[] | undefined;
}

/** Returns the sites and commands of a run, as typed. */
export function lineOf({ selection, targets, commands }: RequestRecord): string {
  const sites = selection ?? new Set(targets.map(({ site }) => site));
  return [...sites, ...commands.map(({ name }) => name)].join(" ");
}

/** Returns the assignments of a command line without those that give or contain a secret. */
export function openAssignments(
  assignments: readonly string[],
  secrets: readonly string[],
): readonly string[] {
  return assignments.filter(
    (text) =>
      !isSecretName(/^[^:]*:([^+=-]*)/.exec(text)?.[1]?.trim() ?? "") &&
      !hasUrlSecret(text) &&
      !secrets.some((secret) => text.includes(secret)),
  );
}

/** Returns the first line of a journal. Secrets are replaced or omitted. */
export function requestRecord(
  run: string,
  {
    request,
    plan,
    source,
    limits,
    resumes,
    first,
    secrets,
  }: {
    readonly request: Request;
    readonly plan: Plan;
    readonly source: RequestSource;
    readonly limits: RunLimits;
    readonly resumes?: string | undefined;
    readonly first: string;
    /** The values that must not be written anywhere. */
    readonly secrets: readonly string[];
  },
): RequestRecord {
  const commands = request.commands.map(({ name, invocation }) => ({
    name,
    invocation: withoutSecrets(invocation, [...secretWords(plan, name, invocation), ...secrets]),
  }));
  const assignments = openAssignments(source.assignments, secrets);
  const isRedacted =
    assignments.length < source.assignments.length ||
    commands.some(({ invocation }, index) => invocation !== request.commands[index]!.invocation);
  return {
    type: "request",
    run,
    resumes,
    first,
    ...source,
    who: who(),
    assignments,
    targets: request.targets.map(({ site, host }) => ({ site: site.name, host: host.name, port: host.port })),
    commands,
    limits,
    isReadOnly: isReadOnlyPlan(plan),
    isComposed: isComposed(plan),
    signature: signatureOf(plan),
    isRedacted,
    process: processMark(process.pid),
  };
}

/** Returns the SHA-256 of a plan, by which `resume` detects a change. */
export function signatureOf(plan: Plan): string {
  return createHash("sha256").update(planSignature(plan)).digest("hex");
}

/** Returns the arguments and flags that the command declares as secret. */
function secretWords(plan: Plan, name: string, { args, flags = {} }: Invocation): readonly string[] {
  const words = plan.groups
    .flatMap(({ commands }) => commands.filter((command) => command.name === name))
    .flatMap(({ layers }) => {
      const { places, flags: declared } = commandWords(layers);
      return [
        ...places.map(({ declaration }, index) => declaration.secret && args[index]),
        ...declared.map(({ key, declaration }) => declaration.secret && flags[key]),
      ];
    });
  return words.filter((word) => typeof word === "string" && word !== "") as string[];
}

/** Returns the invocation with its secrets replaced, or the same object if it has none. */
function withoutSecrets(invocation: Invocation, secrets: readonly string[]): Invocation {
  const text = JSON.stringify(invocation);
  const isIn = (secret: string) => text.includes(JSON.stringify(secret).slice(1, -1));
  if (!hasUrlSecret(text) && !secrets.some(isIn)) return invocation;
  const hide = (word: string) =>
    secrets.reduce((hidden, secret) => hidden.replaceAll(secret, "***"), hideUrlSecrets(word));
  const flags = Object.entries(invocation.flags ?? {});
  return {
    args: invocation.args.map(hide),
    flags: Object.fromEntries(
      flags.map(([key, value]) => [key, typeof value === "string" ? hide(value) : value]),
    ),
  };
}

/**
 * Reads the start time from field 22 of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html. Fields are
 * counted after the name, which may contain blanks.
 */
function processMark(pid: number): ProcessMark {
  let started: string | undefined;
  try {
    started = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[19];
  } catch {
    // The system has no /proc, or the process has ended.
  }
  return { pid, machine: hostname(), started };
}

/** Checks whether the process still exists; undefined if it runs on another machine. */
export function isProcessThere({ pid, machine, started }: ProcessMark): boolean | undefined {
  if (machine !== hostname()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = processMark(pid).started;
  return started === undefined || now === undefined || now === started;
}
