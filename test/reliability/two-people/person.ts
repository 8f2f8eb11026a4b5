import { join } from "node:path";
import { makePlan, type RunSummary } from "@hostout/engine";
import { type Event, isHostoutError, lockHolder } from "@hostout/kit";
import { type RunRecord, runsOf } from "../../../packages/cli/src/journal/read-journal.ts";
import { goOnWith } from "../../../packages/cli/src/resume/go-on-with.ts";
import { newestOf } from "../../../packages/cli/src/resume/newest-of.ts";
import { carryOut, type Resumed } from "../../../packages/cli/src/run/carry-out.ts";
import { runsBefore } from "../../../packages/cli/src/run/resume.ts";
import { type Client, type Cut, type Failure, openClient, type SharedHost } from "./line.ts";
import type { LabelledPackage } from "./packages-of-labels.ts";
import { sharedSite } from "./shared-site.ts";

/** What a person types. */
export interface Typed {
  readonly commands: readonly string[];
  readonly label: number;
  readonly cut?: Cut | undefined;
  readonly failure?: Failure | undefined;
}

/** What came of it: undefined, that the client was killed. */
export type Said = { readonly summary: RunSummary } | { readonly refused: unknown } | undefined;

/** A run that goes on. */
export interface Going {
  readonly client: Client;
  readonly said: Promise<Said>;
}

/** One of the runs that go on with each other. */
export interface ChainedRun {
  readonly run: string;
  /** How the logs of hosts name it. */
  readonly holder: string;
  /** Names of the hosts on which it had looked. */
  readonly seen: readonly string[];
}

/** A run that goes on with another one. */
export interface ResumedRun extends Typed {
  /** The runs that it goes on with, the newest first. */
  readonly chain: readonly ChainedRun[];
  readonly going: Going;
}

/** Somebody with a project of their own on a machine of their own. */
export interface Person {
  readonly name: string;
  readonly type: (typed: Typed) => Going;
  /** Goes on with a run, as `hostout resume`: the newest, or one so many before it. */
  readonly resume: (back: number, line: Pick<Typed, "cut" | "failure">) => ResumedRun | undefined;
  /** Name of the run that was begun last. */
  readonly lastRun: () => string | undefined;
}

export function makePerson(
  name: string,
  folder: string,
  {
    hosts,
    path,
    packages,
  }: {
    readonly hosts: readonly SharedHost[];
    readonly path: string;
    readonly packages: readonly LabelledPackage[];
  },
): Person {
  const config = join(folder, "hostout.cfg");
  const source = { config, assignments: [], userDefaults: false };
  const labelOfRun = new Map<string, number>();
  let lastRun: string | undefined;

  function start(typed: Typed, resuming?: { readonly run: RunRecord }): Going {
    const site = sharedSite(config, path, packages[typed.label]!);
    const targets = site.hosts.map((host) => ({ site, host }));
    const commands = typed.commands.map((command) => ({
      name: command,
      invocation: { args: [], flags: {} },
    }));
    const request = { targets, commands };
    const plan = makePlan(request);
    const client = openClient(hosts, typed.cut, typed.failure);
    const { connections } = client;
    const emit = (event: Event) => {
      if (event.type !== "run.start") return;
      lastRun = event.run;
      labelOfRun.set(event.run, typed.label);
    };
    const unwritten = (why: string) => {
      throw new Error(why);
    };
    const run = async (): Promise<Said> => {
      let resumed: Resumed | undefined;
      try {
        if (resuming) {
          const goingOn = goOnWith(resuming.run, runsBefore(resuming.run), plan);
          await goingOn.look(connections, targets);
          resumed = goingOn.resumed;
        }
      } catch (refused) {
        if (!isHostoutError(refused)) throw refused;
        return { refused };
      }
      const about = { request, plan, source, connections, emit, unwritten, resumed };
      const signal = new AbortController().signal;
      return {
        summary: await carryOut({ ...about, signal, dryRun: false, limits: {}, warn: () => undefined }),
      };
    };
    return { client, said: Promise.race([run(), client.killed.then(() => undefined)]) };
  }

  /** Undefined where resume finds nothing to go on with. */
  function newest(): RunRecord | undefined {
    try {
      return newestOf(config);
    } catch (error) {
      if (!isHostoutError(error)) throw error;
      return undefined;
    }
  }

  return {
    name,
    lastRun: () => lastRun,
    type: (typed) => start(typed),
    resume: (back, line) => {
      const run = back === 0 ? newest() : [...runsOf(config)][back];
      if (!run) return undefined;
      // As resume says: nothing of it is left to do.
      if (run.end?.exitCode === 0) return undefined;
      const commands = run.request.commands.map((command) => command.name);
      const label = labelOfRun.get(run.request.run)!;
      const typed = { commands, label, ...line };
      const chain = [run, ...runsBefore(run)].map(chained);
      return { ...typed, chain, going: start(typed, { run }) };
    },
  };
}

function chained({ request, events }: RunRecord): ChainedRun {
  const seen = events.flatMap((event) =>
    event.type === "task.end" && (event.live ?? event.lastSwitch) !== undefined ? [event.host!] : [],
  );
  return { run: request.run, holder: lockHolder(request.who, request.process.pid), seen };
}
