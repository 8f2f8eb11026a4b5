import { makePlan, type Request } from "@hostout/engine";
import { HostoutError, requireCommand, type Site, type Target } from "@hostout/kit";
import { journalFolder } from "../journal/journal-folder.ts";
import { type RunRecord, readRun } from "../journal/read-journal.ts";
import { lineOf, type RequestRecord, signatureOf } from "../journal/request-record.ts";
import { globalFlagTable } from "../line/global-flag-table.ts";
import { type GlobalFlags, takeGlobalFlag } from "../line/global-flags.ts";
import { unknownFlag } from "../line/route.ts";
import { findConfig } from "../project/find-config.ts";
import { openProject } from "../project/project.ts";
import { goOnWith } from "../resume/go-on-with.ts";
import { newestOf } from "../resume/newest-of.ts";
import { localTime } from "../show/table.ts";
import { limitsOf } from "./run-limits.ts";
import { runRequest } from "./run-request.ts";

/**
 * Runs `hostout resume [RUN]`: continues a run that was interrupted or failed on some hosts. Skips the steps
 * that are done.
 *
 * @throws HostoutError, ConfigError before it changes anything
 */
export async function resume(
  words: readonly string[],
  leading: GlobalFlags,
  unread: AbortSignal,
): Promise<number> {
  const { name, flags } = readWords(words, leading);
  if (flags.help) {
    process.stdout.write(help);
    return 0;
  }
  const { file } = findConfig(flags.config, process.env, process.cwd());
  const run = name === undefined ? newestOf(file) : readRun(journalFolder(file), name);
  refuseUnresumable(run, flags.yes ?? false);
  const { request: record } = run;
  const source = {
    config: record.config,
    assignments: record.assignments,
    userDefaults: record.userDefaults,
  };
  const request = await requestOf(record);
  const plan = makePlan(request);
  if (signatureOf(plan) !== record.signature) {
    throw refused(record, "the steps of its commands have changed since", "Begin anew.");
  }
  const { look, resumed } = goOnWith(run, runsBefore(run), plan);
  if (!flags.quiet) process.stderr.write(`${named(run)}\n`);
  const limits = { ...record.limits, ...limitsOf(flags) };
  return runRequest({ request, flags, limits, source, unread, resumed, look });
}

/** Returns a line that says which run is resumed. */
function named({ request, events }: RunRecord): string {
  const began = events.find(({ type }) => type === "run.start")?.at;
  const since = began === undefined ? "" : `, begun at ${localTime(began)}`;
  return `hostout: resuming the run ${request.run}${since}: hostout ${lineOf(request)}`;
}

const help = `Go on with a run that was ended, cut off or failed; nothing that was done is done again.

Usage: hostout resume [RUN] [flags]

RUN is a name that 'hostout history' lists; the newest run of the configuration with work left, if it is not given. Limits such as --jobs and
--max-failures are those of the run, unless they are given anew.
`;

function readWords(words: readonly string[], leading: GlobalFlags) {
  let flags = leading;
  const names: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const taken = takeGlobalFlag(words.slice(index));
    const word = words[index]!;
    if (taken) {
      flags = { ...flags, ...taken.flags };
      index += taken.count - 1;
    } else if (word.startsWith("-")) throw unknownFlag(word);
    else names.push(word);
  }
  if (names.length > 1) {
    throw new HostoutError({
      code: "usage",
      message: `resume takes one run, not '${names.join(" ")}'`,
      hint: "'hostout history' lists the runs.",
    });
  }
  const filter = globalFlagTable.find((flag) => "narrowing" in flag && flags[flag.setting] !== undefined);
  if (filter) {
    throw new HostoutError({
      code: "usage",
      message: `resume does not take ${filter.name}`,
      hint: "The run keeps its hosts. Begin a new run for other hosts.",
    });
  }
  return { name: names[0], flags };
}

/**
 * Refuses a run that succeeded, still goes on, or lacks a secret.
 *
 * @throws HostoutError `usage`, `locked`
 */
function refuseUnresumable({ request, end, isGoing }: RunRecord, yes: boolean): void {
  const { run, process: client } = request;
  if (end?.exitCode === 0) {
    const hint =
      "No step is left. 'hostout resume RUN' resumes an earlier run of the list of 'hostout history'.";
    throw refused(request, "the run succeeded", hint);
  }
  if (isGoing || (isGoing === undefined && !yes)) {
    const how = isGoing ? "is still going on" : "may be going on still";
    throw new HostoutError({
      code: "locked",
      message: `the run ${run} ${how} (process ${client.pid} on ${client.machine})`,
      hint: isGoing
        ? "Wait for its end, or end it."
        : `Where it has ended for certain: hostout resume --yes ${run}`,
    });
  }
  if (request.isRedacted)
    throw refused(request, "its command line had a secret, which is not kept", "Begin anew.");
}

/**
 * Returns the runs that a run resumes, the newest first.
 *
 * @throws HostoutError `usage` if one was removed
 */
export function runsBefore({ request: { config, resumes } }: RunRecord): readonly RunRecord[] {
  if (resumes === undefined) return [];
  const before = readRun(journalFolder(config), resumes);
  return [before, ...runsBefore(before)];
}

/** Returns the same request, by the present configuration. */
async function requestOf(record: RequestRecord): Promise<Request> {
  const { config, assignments, userDefaults } = record;
  const project = await openProject(config, { assignments, userDefaults });
  const sites = new Map<string, Site>();
  for (const name of new Set(record.targets.map(({ site }) => site))) {
    const section = project.sites.get(name);
    if (!section)
      throw project.broken.get(name) ?? refused(record, `there is no site '${name}' any more`, "Begin anew.");
    sites.set(name, (await project.load(section)).site);
  }
  const targets = record.targets.map(({ site: name, host: label, port }): Target => {
    const site = sites.get(name)!;
    const host = site.hosts.find((one) => one.name === label && one.port === port);
    if (!host) throw refused(record, `${name} has no host '${label}' any more`, "Begin anew.");
    return { site, host };
  });
  for (const { name } of record.commands) for (const site of sites.values()) requireCommand(site, name);
  return { targets, commands: record.commands };
}

function refused({ run }: RequestRecord, why: string, hint: string): HostoutError {
  return new HostoutError({ code: "usage", message: `the run ${run} cannot be resumed: ${why}`, hint });
}
