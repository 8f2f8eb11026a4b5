import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isSecretName } from "@hostout/config";
import {
  type Invocation,
  type OptionDeclarations,
  type Plan,
  planSignature,
  type Request,
} from "@hostout/kit";
import type { RunLimits } from "../run-limits.ts";

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
  }: {
    readonly request: Request;
    readonly plan: Plan;
    readonly source: RequestSource;
    readonly limits: RunLimits;
    readonly resumes?: string | undefined;
    readonly first: string;
  },
): RequestRecord {
  const commands = request.commands.map(({ name, invocation }) => ({
    name,
    invocation: withoutSecrets(plan, name, invocation),
  }));
  const assignments = source.assignments.filter(
    (text) => !isSecretName(/^[^:]*:([^+=-]*)/.exec(text)?.[1]?.trim() ?? ""),
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
    assignments,
    targets: request.targets.map(({ site, host }) => ({ site: site.name, host: host.name, port: host.port })),
    commands,
    limits,
    signature: signatureOf(plan),
    isRedacted,
    process: processMark(process.pid),
  };
}

export function signatureOf(plan: Plan): string {
  return createHash("sha256").update(planSignature(plan)).digest("hex");
}

/** The same invocation where it has no secret. */
function withoutSecrets(plan: Plan, name: string, invocation: Invocation): Invocation {
  const layers = plan.groups
    .flatMap(({ commands }) => commands.filter((command) => command.name === name))
    .flatMap((command) => command.layers);
  const declared = Object.entries(
    (layers.find(({ command }) => command.args)?.command.args ?? {}) as OptionDeclarations,
  );
  const places = declared.filter(([, { flag }]) => !flag);
  const hasSecret =
    places.some(([, { secret }], index) => secret && invocation.args[index] !== undefined) ||
    declared.some(([key, { flag, secret }]) => flag && secret && invocation.flags?.[key] !== undefined);
  if (!hasSecret) return invocation;
  return {
    args: invocation.args.map((word, index) => (places[index]?.[1].secret ? "" : word)),
    flags: Object.fromEntries(
      Object.entries(invocation.flags ?? {}).filter(
        ([key]) => !declared.some(([name, { secret }]) => name === key && secret),
      ),
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
