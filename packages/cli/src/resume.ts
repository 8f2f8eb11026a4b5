import {
  type Connections,
  HostoutError,
  makePlan,
  type Request,
  requireCommand,
  type Site,
  type Target,
} from "@hostout/kit";
import { findConfig } from "./find-config.ts";
import { type GlobalFlags, takeGlobalFlag } from "./global-flags.ts";
import { journalFolder } from "./journal/journal-folder.ts";
import { doneIn, type RunRecord, readRun, runNames, unfinishedIn } from "./journal/read-journal.ts";
import { refuseRunning } from "./journal/refuse-running.ts";
import { type RequestRecord, signatureOf } from "./journal/request-record.ts";
import { openProject } from "./project.ts";
import { unknownFlag } from "./route.ts";
import { runRequest } from "./run-request.ts";

/**
 * `hostout resume [RUN]`: goes on with a run that was ended, or failed on some hosts, and does nothing again that was done.
 *
 * @throws HostoutError, ConfigError, and nothing is done
 */
export async function resume(
  words: readonly string[],
  leading: GlobalFlags,
  unread: AbortSignal,
): Promise<number> {
  const { name, flags } = readWords(words, leading);
  const { file } = findConfig(flags.config, process.env, process.cwd());
  const folder = journalFolder(file);
  const runs = chainOf(folder, name ?? newestUnended(folder, file));
  const [{ request: record }] = runs;
  const source = {
    config: record.config,
    assignments: record.assignments,
    userDefaults: record.userDefaults,
  };
  const request = await requestOf(record);
  if (signatureOf(makePlan(request)) !== record.signature) {
    throw refused(record, "what its commands are made of has changed since", "Begin anew.");
  }
  const places = unfinishedIn(runs[0]);
  const unfinished = request.targets.filter(({ site, host }) =>
    places.some((place) => place.site === site.name && place.host === host.name),
  );
  const look = (connections: Connections) => refuseRunning(connections, unfinished, record.first);
  const resumed = { run: record.run, first: record.first, doneBefore: doneIn(runs) };
  const limited: GlobalFlags = { ...flagsOf(record), ...flags };
  return runRequest({
    request,
    flags: limited,
    source,
    unread,
    resumed,
    look: flags.dryRun ? undefined : look,
  });
}

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
  return { name: names[0], flags };
}

/** The newest run, if it is one to go on with. */
function newestUnended(folder: string, config: string): string {
  const [newest] = runNames(folder);
  if (newest === undefined) {
    throw new HostoutError({
      code: "usage",
      message: `there is no run of ${config} to go on with`,
      hint: "Runs are kept in .hostout/runs beside the configuration.",
    });
  }
  return newest;
}

/** A run and those that it goes on with, the newest first. @throws HostoutError `usage`, `locked` */
function chainOf(folder: string, name: string): readonly [RunRecord, ...RunRecord[]] {
  const run = readRun(folder, name);
  const { request, end, isGoing } = run;
  if (end?.exitCode === 0) throw refused(request, "it ended well", "There is nothing left to do.");
  if (isGoing) {
    throw new HostoutError({
      code: "locked",
      message: `the run ${name} is still going on (process ${request.process.pid} on ${request.process.machine})`,
      hint: "Wait for its end, or end it.",
    });
  }
  if (request.isRedacted)
    throw refused(request, "its command line had a secret, which is not kept", "Begin anew.");
  return [run, ...(request.resumes === undefined ? [] : earlier(folder, request.resumes))];
}

function earlier(folder: string, name: string): readonly RunRecord[] {
  const run = readRun(folder, name);
  return [run, ...(run.request.resumes === undefined ? [] : earlier(folder, run.request.resumes))];
}

/** The same request, of the configuration as it is now. */
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

function flagsOf({ limits }: RequestRecord): GlobalFlags {
  const { jobs, batch, canary, pauseMs, maxFailures, undo, retries } = limits;
  return {
    ...(jobs !== undefined && { jobs }),
    ...(batch && { batch }),
    ...(canary !== undefined && { canary }),
    ...(pauseMs !== undefined && { pauseSeconds: pauseMs / 1000 }),
    ...(maxFailures && { maxFailures }),
    ...(undo === false && { noUndo: true }),
    ...(retries !== undefined && { retries }),
  };
}

function refused({ run }: RequestRecord, why: string, hint: string): HostoutError {
  return new HostoutError({ code: "usage", message: `the run ${run} cannot be gone on with: ${why}`, hint });
}
