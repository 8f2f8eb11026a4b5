import { type DoneBefore, type Plan, type Request, type RunSummary, runPlan } from "@hostout/engine";
import type { Connections, Emit, Listener } from "@hostout/kit";
import { journalFolder } from "../journal/journal-folder.ts";
import type { RequestSource } from "../journal/request-record.ts";
import { nameOfRun } from "../journal/run-name.ts";
import { environmentOf } from "../project/environment.ts";
import { closeListeners, type NamedListener, openListeners, tellListeners } from "./listeners.ts";
import { maskSecrets, secretsOf } from "./mask-secrets.ts";
import type { RunLimits } from "./run-limits.ts";

/** The run that another one resumes. */
export interface Resumed {
  readonly run: string;
  /** The first run of the chain of resumed runs. */
  readonly first: string;
  readonly doneBefore: DoneBefore;
}

/** The parts of a run. */
export interface CarryOutSettings {
  readonly request: Request;
  /** The plan of the request. */
  readonly plan: Plan;
  readonly source: RequestSource;
  readonly connections: Connections;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly stopping?: AbortSignal | undefined;
  readonly hold?: (() => () => void) | undefined;
  /** Asks the user to agree to a change. If not given, nobody can be asked. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
  readonly dryRun: boolean;
  readonly limits: RunLimits;
  readonly resumed?: Resumed | undefined;
  /** Completes the command lines in the hints of events. Default none. */
  readonly completed?: (emit: Emit) => Emit;
  /** Shows a warning that belongs to no event. */
  readonly warn: (text: string) => void;
  /** Called when the run has no journal, or no longer has one. Then `resume` does not work. */
  readonly unwritten: (why: string) => void;
}

/** Runs a plan between `run.start` and `run.end`. Writes the journal, except in a dry run. */
export async function carryOut(settings: CarryOutSettings): Promise<RunSummary> {
  const { request, plan, source, connections, signal, dryRun, limits, resumed } = settings;
  const run = nameOfRun(journalFolder(source.config), Date.now());
  const first = resumed?.first ?? run;
  const words = request.commands.flatMap(({ invocation: { args, flags = {} } }) => [
    ...args,
    ...Object.values(flags).filter((value) => typeof value === "string"),
  ]);
  const sites = new Set(request.targets.map(({ site }) => site));
  let secrets = secretsOf(sites, words);
  const journal = dryRun ? undefined : await beginJournal(run, first, secrets, settings);
  const { warn, completed = (one) => one } = settings;
  const listeners: readonly NamedListener[] = [
    // The journal comes before the display, so that `resume` never repeats a step that the user saw finish.
    ...(journal ? [{ name: "journal", listener: journal }] : []),
    { name: "display", listener: { event: settings.emit } },
    ...(dryRun ? [] : await openListeners([...sites], warn)),
  ];
  const emit = completed(maskSecrets(tellListeners(listeners, warn), () => secrets));
  const at = () => new Date().toISOString();
  const targets = request.targets.map(({ site, host }) => {
    return { site: site.name, host: host.name, environment: environmentOf(site) };
  });
  const commands = request.commands.map(({ name }) => name);
  const about = { config: source.config, dryRun, commands, targets };
  try {
    const resumes = resumed && { resumes: resumed.run };
    emit({ type: "run.start", at: at(), run, schema: 1, ...resumes, ...about });
    const before = resumed && { doneBefore: resumed.doneBefore };
    const summary = await runPlan({
      plan,
      connections,
      emit,
      signal,
      ...(settings.stopping && { stopping: settings.stopping }),
      ...(settings.hold && { hold: settings.hold }),
      dryRun,
      confirm: settings.confirm,
      joins: (site) => {
        secrets = secretsOf(sites.add(site), words);
      },
      id: first,
      ...limits,
      ...before,
    });
    emit({ type: "run.end", at: at(), run, ...summary });
    return summary;
  } finally {
    await closeListeners(listeners, warn);
  }
}

/** Opens the journal. A run without a writable folder deploys without a journal. */
async function beginJournal(
  run: string,
  first: string,
  secrets: readonly string[],
  settings: CarryOutSettings,
): Promise<Listener | undefined> {
  const { request, plan, source, limits, resumed, unwritten } = settings;
  const { requestRecord } = await import("../journal/request-record.ts");
  const { openJournal } = await import("../journal/open-journal.ts");
  const folder = journalFolder(source.config);
  const record = requestRecord(run, {
    secrets,
    request,
    plan,
    source,
    limits,
    first,
    resumes: resumed?.run,
  });
  try {
    return openJournal(folder, record, unwritten);
  } catch (error) {
    unwritten(`this run has no journal, and cannot be resumed: ${(error as Error).message}`);
    return undefined;
  }
}
