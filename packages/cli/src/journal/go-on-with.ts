import type { Connections, Target } from "@hostout/kit";
import type { Resumed } from "../run/carry-out.ts";
import { leftLive } from "./left-live.ts";
import { doneIn, type RunRecord, unfinishedIn } from "./read-journal.ts";
import { refuseReplaced } from "./refuse-replaced.ts";
import { freeLocks, refuseRunning } from "./refuse-running.ts";

/** The values that a run needs to resume another one. */
export interface GoingOn {
  readonly resumed: Resumed;
  /**
   * Checks the hosts before the run starts.
   *
   * @throws HostoutError if the run must not start
   */
  readonly look: (connections: Connections) => Promise<void>;
}

/**
 * Prepares the resume of a run.
 *
 * @param before the runs that `run` resumed itself, the newest first
 */
export function goOnWith(run: RunRecord, before: readonly RunRecord[], targets: readonly Target[]): GoingOn {
  const { request } = run;
  const inOrder = [run, ...before].toReversed();
  const places = unfinishedIn(run);
  const unfinished = targets.filter(({ site, host }) =>
    places.some((place) => place.site === site.name && place.host === host.name),
  );
  return {
    resumed: { run: request.run, first: request.first, doneBefore: doneIn(inOrder) },
    look: async (connections) => {
      await refuseRunning(connections, unfinished, request.first);
      await refuseReplaced(connections, targets, leftLive(inOrder), request.run);
      await freeLocks(connections, unfinished, request.first);
    },
  };
}
