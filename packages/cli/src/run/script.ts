import type { ReadSettings } from "@hostout/config";
import { askedAhead, type ExplainedSite, explainPlan, makePlan, type Request } from "@hostout/engine";
import type { Ask } from "@hostout/kit";
import { commandsOf, type Emit, type Event, type Invocation, type Site } from "@hostout/kit";
import { openConnections } from "@hostout/ssh";
import type { RequestSource } from "../journal/request-record.ts";
import { targetsOf } from "../line/route-line.ts";
import { selectSites } from "../line/select-sites.ts";
import { environmentOfRun, findConfig } from "../project/find-config.ts";
import { openProject as readProject } from "../project/project.ts";
import { askForProduction } from "./ask-for-production.ts";
import { carryOut } from "./carry-out.ts";
import { checkRequest } from "./check-request.ts";
import { withSecrets } from "./resolve-secrets.ts";
import type { RunLimits } from "./run-limits.ts";
import { type ScriptRun, startScriptRun } from "./script-run.ts";

/** The settings for reading a configuration. */
export interface OpenSettings extends Pick<ReadSettings, "assignments" | "userDefaults"> {
  /**
   * The configuration file. If not given, HOSTOUT_CONFIG names it, or it is `hostout.cfg` or `buildout.cfg` in
   * `folder` or above.
   */
  readonly config?: string;
  /** The folder to search from. Default: the present folder. */
  readonly folder?: string;
  /** The environment variables. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A command by name, or with its arguments and flags. Flags have their names in code: `{ force: true }`. */
export type ScriptCommand = string | ({ readonly name: string } & Partial<Invocation>);

/**
 * The settings of a run. The limits are those of the flags: `jobs`, `batch`, `canary`, `pauseMs`,
 * `maxFailures`, `undo`, `retries`.
 */
export interface ScriptRunSettings extends RunLimits {
  readonly dryRun?: boolean;
  /** Consents to a run in production. Default false: the run is refused, unless `ask` is given. */
  readonly yes?: boolean;
  /** A glob of host names. */
  readonly hosts?: string;
  /** Interrupts the run when it aborts. */
  readonly signal?: AbortSignal;
  /**
   * Answers questions: passwords, new host keys, consent. Default: nobody answers, and a step that needs an
   * answer fails.
   */
  readonly ask?: Ask;
  /** Receives each event immediately. */
  readonly onEvent?: (event: Event) => void;
}

/** One or more sites with their plugins. */
export interface ScriptSites {
  readonly sites: readonly Site[];
  /** The names of the commands that all of the sites have. */
  readonly commands: readonly string[];
  /** Runs commands in order, like the command line. Starts immediately. */
  readonly run: (
    commands: ScriptCommand | readonly ScriptCommand[],
    settings?: ScriptRunSettings,
  ) => ScriptRun;
  /**
   * Returns the plan of the commands, like `explain`.
   *
   * @throws HostoutError
   */
  readonly explain: (commands: ScriptCommand | readonly ScriptCommand[]) => readonly ExplainedSite[];
}

/** A configuration that was read. */
export interface ScriptProject {
  /** The configuration file, absolute. */
  readonly file: string;
  readonly siteNames: readonly string[];
  /** The members of each group, by its name. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /**
   * Loads the sites that SITE words of a command line select: names, groups, globs, `all`, `!name`.
   *
   * @throws HostoutError, ConfigError
   */
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
    if (!dryRun) await connections.prepare?.(askedAhead(plan));
    const about = { request, plan, source, limits };
    return await carryOut({
      ...about,
      connections,
      confirm: yes ? async () => true : ask?.confirm,
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
