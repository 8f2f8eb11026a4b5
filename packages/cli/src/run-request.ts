import { randomBytes } from "node:crypto";
import {
  checkSite,
  type Event,
  HostoutError,
  makePlan,
  missingNeeds,
  type Plan,
  type PlannedCommand,
  type Request,
  readInvocation,
  runPlan,
  type Site,
} from "@hostout/kit";
import { openConnections } from "@hostout/ssh";
import type { GlobalFlags } from "./global-flags.ts";
import { makePrompt } from "./prompt.ts";
import { reportLines } from "./report-lines.ts";
import { showError } from "./show-error.ts";
import { makeStyle } from "./style.ts";

/** Checks all that can be checked before a host is touched, then runs the request. Resolves to the exit code. */
export async function runRequest(request: Request, flags: GlobalFlags, config: string): Promise<number> {
  const sites = [...new Set(request.targets.map(({ site }) => site))];
  const style = makeStyle(process.stderr, process.env);
  const findings = sites.flatMap(checkSite);
  for (const { error } of findings.filter(({ severity }) => severity === "warning")) {
    process.stderr.write(showError(error, style, {}).replace("hostout:", style.yellow("warning:")));
  }
  const plan = makePlan(request);
  throwTogether([
    ...findings.filter(({ severity }) => severity === "error").map(({ error }) => error),
    ...missingOptions(plan),
  ]);
  const { signal, done } = stopSignal(flags.timeoutSeconds);
  const emit = reporter(flags);
  const connections = openConnections({
    dryRun: flags.dryRun ?? false,
    ask: makePrompt(flags.noInput ?? false),
    signal,
    environment: process.env,
    terminal:
      process.stdin.isTTY && process.stdout.isTTY
        ? { stdin: process.stdin, stdout: process.stdout }
        : undefined,
  });
  const run = `${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}-${randomBytes(3).toString("hex")}`;
  const at = () => new Date().toISOString();
  const targets = request.targets.map(({ site, host }) => ({ site: site.name, host: host.name }));
  const commands = request.commands.map(({ name }) => name);
  emit({ type: "run.start", at: at(), run, config, dryRun: flags.dryRun ?? false, commands, targets });
  try {
    const summary = await runPlan({
      plan,
      connections,
      emit,
      signal,
      ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
      dryRun: flags.dryRun ?? false,
    });
    emit({ type: "run.end", at: at(), run, ...summary });
    return summary.exitCode;
  } finally {
    done();
    await connections.close();
  }
}

/** What commands of the plan cannot do without, and arguments that cannot be read: told before any host is touched. */
function missingOptions(plan: Plan): readonly HostoutError[] {
  const found = new Map<string, HostoutError>();
  const visit = (site: Site, command: PlannedCommand) => {
    for (const { plugin, command: definition, steps } of command.layers) {
      for (const error of missingNeeds(site, plugin, definition.needs ?? [])) found.set(error.message, error);
      for (const step of steps) if (!step.when || site.values.get(step.when.name)) visit(site, step);
    }
  };
  for (const { targets, commands } of plan.groups) {
    for (const site of new Set(targets.map((target) => target.site)))
      for (const command of commands) visit(site, command);
    for (const { name, layers, invocation } of commands) readInvocation(name, declaring(layers), invocation);
  }
  return [...found.values()];
}

function declaring(layers: PlannedCommand["layers"]) {
  return (layers.find(({ command }) => command.args || command.rest) ?? layers[0]!).command;
}

function throwTogether(errors: readonly HostoutError[]): void {
  const [first, ...others] = errors;
  if (!first) return;
  if (others.length === 0) throw first;
  const rows = errors.map(
    ({ message, origin }) => `  ${message}${origin ? ` (${origin.file}:${origin.line})` : ""}`,
  );
  throw new HostoutError({
    code: first.code,
    message: `${errors.length} things are wrong:\n${rows.join("\n")}`,
    hint: first.hint,
  });
}

/** Aborts at the first Ctrl-C; the second ends hostout at once. */
function stopSignal(timeoutSeconds: number | undefined): {
  readonly signal: AbortSignal;
  readonly done: () => void;
} {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write("\nhostout: stopping; press Ctrl-C again to stop at once\n");
    controller.abort();
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, stop);
  const timer = timeoutSeconds && setTimeout(stop, timeoutSeconds * 1000);
  return {
    signal: controller.signal,
    done: () => {
      clearTimeout(timer || undefined);
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, stop);
    },
  };
}

function reporter(flags: GlobalFlags): (event: Event) => void {
  if (flags.json) return (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
  return reportLines({
    write: (text) => process.stdout.write(text),
    style: makeStyle(process.stdout, process.env),
    quiet: flags.quiet ?? false,
    verbose: flags.verbose ?? false,
  });
}
