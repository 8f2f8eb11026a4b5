import { isatty } from "node:tty";
import { askedAhead, explainPlan, type Request } from "@hostout/engine";
import type { Ask } from "@hostout/kit";
import { openConnections } from "@hostout/ssh";
import type { Finding } from "../config/lint.ts";
import { isComposed } from "../journal/is-composed.ts";
import { openAssignments, type RequestSource } from "../journal/request-record.ts";
import type { GlobalFlags } from "../line/global-flags.ts";
import { idleFlags } from "../line/idle-flags.ts";
import { environmentOfRun } from "../project/find-config.ts";
import type { LookBefore } from "../resume/go-on-with.ts";
import { retryLines } from "../show/retry-lines.ts";
import { showError } from "../show/show-error.ts";
import { makeStyle } from "../show/style.ts";
import { askForProduction } from "./ask-for-production.ts";
import { carryOut, type Resumed } from "./carry-out.ts";
import { checkRequest } from "./check-request.ts";
import { secretsOf, withoutSecrets } from "./mask-secrets.ts";
import { openReporter } from "./open-reporter.ts";
import { pausingConnections } from "./pausing-connections.ts";
import { makePrompt } from "./prompt.ts";
import { withSecrets } from "./resolve-secrets.ts";
import { limitsOf, type RunLimits } from "./run-limits.ts";
import { makeStopSignal } from "./stop-signal.ts";

interface RunDescription {
  readonly request: Request;
  /** Further warnings to print before the run. */
  readonly warnings?: readonly Finding[];
  readonly flags: GlobalFlags;
  /** The limits; if not given, those of the flags. */
  readonly limits?: RunLimits;
  readonly source: RequestSource;
  readonly resumed?: Resumed | undefined;
  readonly look?: LookBefore | undefined;
  /** Aborts when no program reads stdout any more. */
  readonly unread: AbortSignal;
}

/** Makes every check that needs no host, then runs the request. Resolves to the exit code. */
export async function runRequest({
  request: given,
  warnings: more = [],
  flags,
  limits = limitsOf(flags),
  source,
  unread,
  resumed,
  look,
}: RunDescription): Promise<number> {
  const dryRun = flags.dryRun ?? false;
  const surroundings = { environment: environmentOfRun(process.env, source.config), signal: unread };
  const request = dryRun ? given : await withSecrets(given, surroundings);
  const { plan, warnings } = checkRequest(request);
  const style = makeStyle(process.stderr, process.env);
  const before = [...warnings, ...more, ...idleFlags(flags, plan)];
  for (const warning of before)
    process.stderr.write(showError(warning, style, {}).replace("hostout:", "warning:"));
  if (!dryRun)
    await askForProduction({ plan, yes: flags.yes ?? false, ask: makePrompt(flags.noInput ?? false) });
  let isWritten = true;
  const canBeResumed = isComposed(plan);
  const reporter = await openReporter(flags, process.stdout, process.env, {
    canBeResumed: () => isWritten && canBeResumed,
    warned: () => before.length + (isWritten ? 0 : 1),
  });
  const { emit } = reporter;
  const secrets = secretsOf(new Set(request.targets.map(({ site }) => site)));
  const sites = [...new Set(request.targets.map(({ site }) => site.name))];
  const assignments = openAssignments(source.assignments, secrets);
  const retry = retryLines(sites, { config: flags.config, assignments });
  const { done, ...stop } = makeStopSignal(flags.timeoutSeconds, sites, unread, canBeResumed, (line) => {
    const resume = reporter.pause();
    process.stderr.write(`\n${line}\n`);
    resume();
  });
  if (dryRun && !flags.json && !flags.quiet) {
    const { printBriefly, printExplanation } = await import("../help/print-explanation.ts");
    const print = flags.verbose ? printExplanation : printBriefly;
    const outStyle = makeStyle(process.stdout, process.env);
    const explained = withoutSecrets(explainPlan(plan), new Set(request.targets.map(({ site }) => site)));
    process.stdout.write(`${print(explained, outStyle, process.cwd())}\n`);
  }
  const ask = makePrompt(flags.noInput ?? false, reporter.pause);
  const confirm = flags.yes ? async () => true : ask?.confirm;
  const connections = pausingConnections(open(flags, source.config, stop.signal, ask), reporter.pause);
  const warn = (text: string) => {
    const resume = reporter.pause();
    process.stderr.write(`warning: ${text}\n`);
    resume();
  };
  const unwritten = (why: string) => {
    isWritten = false;
    warn(why);
  };
  try {
    if (!dryRun) await connections.prepare?.(askedAhead(plan));
    await look?.(connections, request.targets).catch((error) => {
      throw retry.error(error);
    });
    const about = { request, plan, source, limits, resumed };
    const summary = await carryOut({
      ...{ ...about, ...stop, connections, confirm, emit, dryRun, warn, unwritten },
      completed: retry.emit,
    });
    return summary.exitCode;
  } finally {
    done();
    await reporter.close();
    await connections.close();
  }
}

function open(flags: GlobalFlags, config: string, signal: AbortSignal, ask: Ask | undefined) {
  const isTerminal = isatty(0) && isatty(1);
  return openConnections({
    dryRun: flags.dryRun ?? false,
    ask,
    signal,
    environment: environmentOfRun(process.env, config),
    terminal: isTerminal ? { stdin: process.stdin, stdout: process.stdout } : undefined,
  });
}
