import { type Plan, walk } from "@hostout/engine";
import type { Connections, Target } from "@hostout/kit";
import { doneIn, type RunRecord, runsOf, unfinishedIn } from "../journal/read-journal.ts";
import type { Resumed } from "../run/carry-out.ts";
import { holdersOf, leftLive } from "./left-live.ts";
import { refuseReplaced } from "./refuse-replaced.ts";
import { freeLocks, refuseRunning } from "./refuse-running.ts";

/**
 * Checks the hosts before the run starts. The sites of the targets have their secrets.
 *
 * @throws HostoutError if the run must not start
 */
export type LookBefore = (connections: Connections, targets: readonly Target[]) => Promise<void>;

/** The values that a run needs to resume another one. */
export interface GoingOn {
  readonly resumed: Resumed;
  readonly look: LookBefore;
}

/** The commands that make another release live. */
const switching: ReadonlySet<string> = new Set(["activate", "rollback", "push"]);

/**
 * Prepares the resume of a run.
 *
 * @param before the runs that `run` resumed itself, the newest first
 * @param plan the plan of `run`
 */
export function goOnWith(run: RunRecord, before: readonly RunRecord[], plan: Plan): GoingOn {
  const { request } = run;
  const inOrder = [run, ...before].toReversed();
  const places = unfinishedIn(run);
  const first = inOrder[0]!;
  const start = first.events.find((event) => event.type === "run.start");
  const known = {
    run: request.run,
    startedMs: start ? Date.parse(start.at) : Number.NaN,
    holders: holdersOf(inOrder),
    left: leftLive(inOrder),
    isSwitching: plan.groups.some(({ commands }) =>
      [...walk(commands)].some((visit) => !visit.list && switching.has(visit.command.name)),
    ),
    earlier: () => runsBegunBefore(first),
  };
  return {
    resumed: { run: request.run, first: request.first, doneBefore: doneIn(inOrder) },
    look: async (connections, targets) => {
      const unfinished = targets.filter(({ site, host }) =>
        places.some((place) => place.site === site.name && place.host === host.name),
      );
      await refuseRunning(connections, unfinished, request.first);
      await refuseReplaced(connections, targets, known);
      await freeLocks(connections, unfinished, request.first);
    },
  };
}

/** Yields the runs of the same configuration that started before a run, the newest first. */
function* runsBegunBefore({ request: { config, run } }: RunRecord): Generator<RunRecord> {
  for (const one of runsOf(config, () => {})) if (one.request.run < run) yield one;
}
