import type { takeStray } from "@hostout/engine";
import { HostoutError, requireCommand } from "@hostout/kit";
import { listProject, listSite } from "./help/listing.ts";
import { isFlag } from "./line/global-flag-table.ts";
import type { GlobalFlags } from "./line/global-flags.ts";
import { type LeadingWords, routeSites } from "./line/route.ts";
import { type HostFilter, type RoutedLine, routeLine, targetsOf } from "./line/route-line.ts";
import { findConfig } from "./project/find-config.ts";
import { openProject } from "./project/project.ts";
import { guardOutput } from "./show/guard-output.ts";
import { jsonText } from "./show/json-text.ts";
import { errorData, exitCodeOfError, showError } from "./show/show-error.ts";
import { makeStyle } from "./show/style.ts";
import { topics } from "./topics.ts";

let done = "--help";

/** Returns the name of the work that {@link main} did: lines of the same work run about the same functions. */
export const work = (): string => done;

/** Finds the task of a stray error. Undefined before any task can run: help needs no engine. */
let findTask: typeof takeStray | undefined;

async function loadEngine() {
  const engine = await import("@hostout/engine");
  findTask = engine.takeStray;
  return engine;
}

/** Runs one command line. Resolves to the exit code. Prints errors on stderr. */
export async function main(argv: readonly string[]): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) guardOutput(stream, process.env);
  const report = (error: unknown) => {
    // A script reads the error as data, a person as text.
    if (wantsJson(argv)) process.stdout.write(`${jsonText({ type: "error", error: errorData(error) })}\n`);
    process.stderr.write(showError(error, makeStyle(process.stderr, process.env), process.env));
    return exitCodeOfError(error);
  };
  process.on("uncaughtException", (error) => {
    const taken = findTask?.(error);
    if (taken === undefined) process.exit(report(error));
    // The task of this error has ended, so the run goes on.
    if (taken === "late")
      process.stderr.write(
        showError(error, makeStyle(process.stderr, process.env), process.env).replace("hostout:", "warning:"),
      );
  });
  const unread = watchReaders();
  try {
    requireFolder();
    return await dispatch(argv, unread);
  } catch (error) {
    return report(error);
  }
}

/**
 * Refuses to work in a folder that was removed, because hostout cannot search from it.
 *
 * @throws HostoutError `usage`
 */
function requireFolder(): void {
  try {
    process.cwd();
  } catch (cause) {
    throw new HostoutError({
      code: "usage",
      message: "the current folder no longer exists",
      hint: "Change to an existing folder: cd.",
      cause,
    });
  }
}

/** Checks whether --json is among the words of hostout, before the words that a command takes unchanged. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).some((word) => isFlag(word, "json"));
}

/**
 * Returns a signal that aborts when no program reads stdout any more. A closed reader is not an error (`|
 * head`), but the run must end.
 */
function watchReaders(): AbortSignal {
  const controller = new AbortController();
  process.stdout.on("error", () => controller.abort());
  process.stderr.on("error", () => undefined);
  return controller.signal;
}

async function dispatch(argv: readonly string[], unread: AbortSignal): Promise<number> {
  // The flag for the configuration may precede the sites, whose names only the configuration knows.
  const first = routeSites(argv, () => false);
  const [word, ...rest] = first.rest;
  if (word === undefined) return overview(first);
  if (word === "help") {
    const before = argv.slice(0, argv.length - first.rest.length);
    return dispatch([...before, ...rest, "--help"], unread);
  }
  if (word === "resume") {
    await loadEngine();
    const { resume } = await import("./run/resume.ts");
    return resume(rest, first.flags, unread);
  }
  if (word === "explain") return explainAlone(first.flags.help || rest.some((one) => isFlag(one, "help")));
  if (topics.has(word)) {
    const { runTopic } = await import("./line/run-topic.ts");
    return runTopic(word, rest, first.flags, first.assignments);
  }
  return answerLine(await routeLine(argv, { environment: process.env, folder: process.cwd() }), unread);
}

/** Handles `explain` before any site: prints its help, or refuses with the right form. */
function explainAlone(isHelp: boolean): number {
  if (!isHelp)
    throw new HostoutError({
      code: "usage",
      message: "explain needs a site and a command",
      hint: "For example: hostout first-site explain deploy",
    });
  process.stdout.write(explainHelp);
  return 0;
}

const explainHelp = `Print what a command would do: its steps, its plugins and the options that it reads, each with its file and line

Usage
  hostout SITE… explain COMMAND… [--json]

No host is contacted. To see what each host answers too, use --dry-run.

Examples
  hostout first-site explain deploy
  hostout all explain stage deploy --json
`;

async function overview({ flags, assignments }: LeadingWords): Promise<number> {
  const style = makeStyle(process.stdout, process.env);
  const open = async () =>
    openProject(findConfig(flags.config, process.env, process.cwd()).file, {
      assignments,
      userDefaults: !flags.noUserDefaults,
      withoutDead: true,
    });
  // Help must work without a configuration too.
  const project = flags.help ? await open().catch(() => undefined) : await open();
  for (const dead of project?.config.dead ?? [])
    process.stderr.write(showError(dead, style, {}).replace("hostout:", "warning:"));
  process.stdout.write(listProject(project, style));
  return 0;
}

async function answerLine(
  { project, isNamed, sites, siteWords, flags, commands, source, explain }: RoutedLine,
  unread: AbortSignal,
): Promise<number> {
  const style = makeStyle(process.stdout, process.env);
  const last = commands.at(-1);
  if (!last && explain && flags.help) return explainAlone(true);
  if (!last && explain) {
    throw new HostoutError({
      code: "usage",
      message: "explain needs a command",
      hint: `For example: hostout ${sites[0]!.name} explain deploy`,
    });
  }
  if (!last) {
    process.stdout.write(sites.map((site) => listSite(site, style)).join("\n"));
    return 0;
  }
  if (flags.help) {
    const { commandHelp } = await import("./help/command-help.ts");
    process.stdout.write(commandHelp(sites[0]!, requireCommand(sites[0]!, last.name), style));
    return 0;
  }
  done = [...commands.map(({ name }) => name), ...(explain ? ["explain"] : [])].join(" ");
  const { parseWords } = await import("./line/parse-words.ts");
  const requested = [];
  for (const command of commands)
    requested.push({ name: command.name, invocation: await parseWords(command, sites[0]!.name) });
  const request = { targets: targetsOf(sites, await hostFilter(flags, source.config)), commands: requested };
  const { explainPlan, makePlan } = await loadEngine();
  if (explain) {
    const { printExplanation } = await import("./help/print-explanation.ts");
    const { withoutSecrets } = await import("./run/mask-secrets.ts");
    const explained = withoutSecrets(explainPlan(makePlan(request)), sites);
    process.stdout.write(
      flags.json ? `${jsonText(explained, 2)}\n` : printExplanation(explained, style, process.cwd()),
    );
    return 0;
  }
  const { runRequest } = await import("./run/run-request.ts");
  const { idleFindings } = await import("./config/site-findings.ts");
  const warnings = await idleFindings(project, sites, { siteWords, isNamed });
  return runRequest({ request, warnings, flags, source, unread });
}

/** Returns the filter for hosts of --hosts and --failed. */
async function hostFilter({ hosts, failed }: GlobalFlags, config: string): Promise<HostFilter> {
  if (!failed) return { glob: hosts };
  const { failedBefore } = await import("./journal/failed-before.ts");
  return { glob: hosts, wanted: failedBefore(config) };
}
