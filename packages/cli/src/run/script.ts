import type { ReadSettings } from "@hostout/config";
import { type ExplainedSite, explainPlan, makePlan, type Request } from "@hostout/engine";
import type { Ask } from "@hostout/kit";
import { commandsOf, type Emit, type Event, type Invocation, type Site } from "@hostout/kit";
import { openConnections } from "@hostout/ssh";
import type { RequestSource } from "../journal/request-record.ts";
import { targetsOf } from "../line/route-line.ts";
import { selectSites } from "../line/select-sites.ts";
import { environmentOfRun, findConfig } from "../project/find-config.ts";
import { openProject as readProject } from "../project/project.ts";
import { carryOut } from "./carry-out.ts";
import { checkRequest } from "./check-request.ts";
import { askForProduction } from "./environment.ts";
import { withSecrets } from "./resolve-secrets.ts";
import type { RunLimits } from "./run-limits.ts";
import { type ScriptRun, startScriptRun } from "./script-run.ts";

export interface OpenSettings extends Pick<ReadSettings, "assignments" | "userDefaults"> {
  /** The configuration file; else what HOSTOUT_CONFIG names, `hostout.cfg` or `buildout.cfg`, in `folder` or above. */
  readonly config?: string;
  /** Where to look for it. Default: the present folder. */
  readonly folder?: string;
  /** Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A command, or that with its arguments and flags (named as in code: `{ force: true }`). */
export type ScriptCommand = string | ({ readonly name: string } & Partial<Invocation>);

/** The limits are those of the flags: `jobs`, `batch`, `canary`, `pauseMs`, `maxFailures`, `undo`, `retries`. */
export interface ScriptRunSettings extends RunLimits {
  readonly dryRun?: boolean;
  /** Consents to what is asked before a run in production. Default false: it is refused, unless `ask` is given. */
  readonly yes?: boolean;
  /** Glob of host names. */
  readonly hosts?: string;
  /** Aborted: the run ends as interrupted. */
  readonly signal?: AbortSignal;
  /** Answers questions: passwords, new host keys, consent. Default: nobody does, and what needs an answer fails. */
  readonly ask?: Ask;
  /** Hears of each event at once. */
  readonly onEvent?: (event: Event) => void;
}

/** One or several sites with their plugins. */
export interface ScriptSites {
  readonly sites: readonly Site[];
  /** Names of the commands that all of them have. */
  readonly commands: readonly string[];
  /** Runs commands, one after the other, as the command line does. Begins at once. */
  readonly run: (
    commands: ScriptCommand | readonly ScriptCommand[],
    settings?: ScriptRunSettings,
  ) => ScriptRun;
  /** What that would do, as `explain` tells it. @throws HostoutError */
  readonly explain: (commands: ScriptCommand | readonly ScriptCommand[]) => readonly ExplainedSite[];
}

/** A configuration that has been read. */
export interface ScriptProject {
  /** The configuration file, absolute. */
  readonly file: string;
  readonly siteNames: readonly string[];
  /** Members by the name of the group. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Loads what SITE words of a command line mean: names, groups, globs, `all`, `!name`. @throws HostoutError, ConfigError */
  readonly site: (...words: readonly [string, ...string[]]) => Promise<ScriptSites>;
}

/**
 * Reads a configuration for a script.
 *
 * @throws HostoutError, ConfigError with `message`, `hint` and the place
 */
export async function openProject(settings: OpenSettings = {}): Promise<ScriptProject> {
  const {
    environment = process.env,
    folder = process.cwd(),
    assignments = [],
    userDefaults = true,
  } = settings;
  const { file } = findConfig(settings.config, environment, folder);
  const project = await readProject(file, { assignments, environment, folder, userDefaults });
  return {
    file: project.file,
    siteNames: [...project.sites.keys()],
    groups: project.groups,
    site: async (...words) => {
      const sections = selectSites(project, words);
      const sites = await Promise.all(sections.map(async (section) => (await project.load(section)).site));
      return scriptSites(sites, { config: project.file, assignments, userDefaults }, environment);
    },
  };
}

function scriptSites(
  sites: readonly Site[],
  source: RequestSource,
  environment: Readonly<Record<string, string | undefined>>,
): ScriptSites {
  const [first, ...others] = sites.map((site) => new Set(commandsOf(site).keys()));
  const requestOf = (commands: ScriptCommand | readonly ScriptCommand[], hosts?: string): Request => {
    const list: readonly ScriptCommand[] = Array.isArray(commands) ? commands : [commands];
    return {
      targets: targetsOf(sites, { glob: hosts }),
      commands: list.map((command) => {
        const { name, args = [], flags = {} } = typeof command === "string" ? { name: command } : command;
        return { name, invocation: { args, flags } };
      }),
    };
  };
  return {
    sites,
    commands: [...first!].filter((name) => others.every((names) => names.has(name))),
    explain: (commands) => explainPlan(makePlan(requestOf(commands))),
    run: (commands, settings = {}) =>
      startScriptRun(async (emit) => {
        const request = requestOf(commands, settings.hosts);
        return runScript(request, settings, { source, environment, emit });
      }),
  };
}

async function runScript(
  given: Request,
  { dryRun = false, yes = false, hosts: _, signal, ask, onEvent, ...limits }: ScriptRunSettings,
  {
    source,
    environment,
    emit,
  }: {
    readonly source: RequestSource;
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly emit: Emit;
  },
) {
  const stop = signal ?? new AbortController().signal;
  const surroundings = { environment: environmentOfRun(environment, source.config), signal: stop };
  const request = dryRun ? given : await withSecrets(given, surroundings);
  const { plan } = checkRequest(request);
  if (!dryRun) await askForProduction({ plan, yes, ask });
  const connections = openConnections({
    dryRun,
    ask,
    signal: stop,
    environment: surroundings.environment,
  });
  const tell = (event: Event) => {
    emit(event);
    onEvent?.(event);
  };
  try {
    if (!dryRun) await connections.prepare?.(request.targets);
    const about = { request, plan, source, limits };
    return await carryOut({
      ...about,
      connections,
      emit: tell,
      signal: stop,
      dryRun,
      warn: () => undefined,
      unwritten: () => undefined,
    });
  } finally {
    await connections.close();
  }
}
