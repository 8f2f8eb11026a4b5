import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { hasUrlSecret, hideUrlSecrets, isSecretName } from "@hostout/config";
import { type Plan, planSignature, type Request } from "@hostout/engine";
import { type Invocation, type OptionDeclarations, who } from "@hostout/kit";
import { isReadOnlyPlan } from "../run/environment.ts";
import type { RunLimits } from "../run/run-limits.ts";
import { isComposed } from "./is-composed.ts";

/** The first line of a journal: what was asked for, so that it can be gone on with. */
export interface RequestRecord {
  readonly type: "request";
  readonly run: string;
  /** The run that this one goes on with, and the first of all that go on with each other. */
  readonly resumes?: string | undefined;
  readonly first: string;
  readonly config: string;
  readonly assignments: readonly string[];
  readonly userDefaults: boolean;
  /** Sites as they were typed, and what narrows their hosts: `all`, `--hosts web*`. */
  readonly selection?: readonly string[] | undefined;
  /** `ann@laptop` */
  readonly who?: string | undefined;
  readonly targets: readonly {
    readonly site: string;
    readonly host: string;
    readonly port?: number | undefined;
  }[];
  readonly commands: readonly { readonly name: string; readonly invocation: Invocation }[];
  readonly limits: RunLimits;
  /** SHA-256 of what the commands are made of. */
  readonly signature: string;
  /** Whether a secret was left out, so that this cannot be gone on with from here alone. */
  readonly isRedacted: boolean;
  /** Whether its commands only looked. */
  readonly isReadOnly?: boolean | undefined;
  /** Whether it has several steps that change something; undefined in the journal of an older hostout. */
  readonly isComposed?: boolean | undefined;
  readonly process: ProcessMark;
}

/** A process, told from another one that has its number later. */
export interface ProcessMark {
  readonly pid: number;
  readonly machine: string;
  /** Clock ticks since the machine was started; undefined where that is not known. */
  readonly started: string | undefined;
}

export interface RequestSource {
  readonly config: string;
  readonly assignments: readonly string[];
  readonly userDefaults: boolean;
  readonly selection?: readonly string[] | undefined;
}

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
    /** Values that are written nowhere. */
    readonly secrets: readonly string[];
  },
): RequestRecord {
  const commands = request.commands.map(({ name, invocation }) => ({
    name,
    invocation: withoutSecrets(invocation, [...secretWords(plan, name, invocation), ...secrets]),
  }));
  const assignments = source.assignments.filter(
    (text) => !isSecretName(/^[^:]*:([^+=-]*)/.exec(text)?.[1]?.trim() ?? "") && !hasUrlSecret(text),
  );
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

export function signatureOf(plan: Plan): string {
  return createHash("sha256").update(planSignature(plan)).digest("hex");
}

/** Arguments and flags that the command declares to be secret. */
function secretWords(plan: Plan, name: string, { args, flags = {} }: Invocation): readonly string[] {
  const layers = plan.groups
    .flatMap(({ commands }) => commands.filter((command) => command.name === name))
    .flatMap((command) => command.layers);
  const declared = Object.entries(
    (layers.find(({ command }) => command.args)?.command.args ?? {}) as OptionDeclarations,
  );
  const places = declared.filter(([, { flag }]) => !flag);
  const words = [
    ...places.map(([, { secret }], index) => secret && args[index]),
    ...declared.map(([key, { flag, secret }]) => flag && secret && flags[key]),
  ];
  return words.filter((word) => typeof word === "string" && word !== "") as string[];
}

/** The same invocation where it has none of the secrets. */
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

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: field 22, counted after the name, which may have blanks. */
function processMark(pid: number): ProcessMark {
  let started: string | undefined;
  try {
    started = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[19];
  } catch {
    // No such system, or no such process.
  }
  return { pid, machine: hostname(), started };
}

/** Whether the process is there still; undefined on another machine. */
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
