import type { Invocation, Next, Outcome, Target } from "@hostout/kit";
import { makeMeeting } from "../pace/meeting.ts";
import { isPlannedList, type PlannedLayer, planCommand } from "../plan/plan.ts";
import { doneBefore } from "./done-before.ts";
import { interrupted, outcomeOf, type Result, type Results, stopped } from "./result.ts";
import { withHold } from "./run-steps.ts";
import { runTask } from "./run-task.ts";
import { type Invocations, makePlaces, type Scope } from "./scope.ts";

/**
 * Runs a layer on each host, side by side. If the next layer concerns more than one host, the hosts meet
 * first.
 */
export async function runForHosts(
  layer: PlannedLayer,
  rest: readonly PlannedLayer[],
  invocations: Invocations,
  scope: Scope,
): Promise<Results> {
  const { gate } = scope.run;
  // A command around `whole` steps is as uninterruptible as the steps.
  const isWhole = rest.some(
    ({ form, steps }) =>
      form === "steps" && steps.length > 0 && steps.every((step) => isPlannedList(step) && step.whole),
  );
  const below: Scope = isWhole ? { ...scope, isHeld: true } : scope;
  const passedOn = new Map<Target, Invocation>();
  const meeting = makeMeeting<Target, Outcome>([...invocations.keys()], async (came) => {
    const handed = new Map(came.map((target) => [target, passedOn.get(target)!]));
    const results = await scope.flow.layers(rest, handed, { ...below, step: `${scope.step}/` });
    return async (target) => outcomeOf(results.get(target)!);
  });
  const meets = rest[0] !== undefined && rest[0].form !== "run";
  const runHost = async (target: Target, invocation: Invocation): Promise<Result> => {
    const { inNext, inCall } = makePlaces(below);
    const next: Next = (other = invocation) =>
      givingBack(scope, async () => {
        if (!meets) {
          const ran = await scope.flow.layers(rest, new Map([[target, other]]), inNext());
          return outcomeOf(ran.get(target)!);
        }
        passedOn.set(target, other);
        return meeting.come(target);
      });
    const call = (name: string, given: Invocation = { args: [] }, on = target) =>
      givingBack(scope, async () => {
        const planned = planCommand(on.site, name, given);
        const ran = await scope.flow.command(planned, new Map([[on, given]]), inCall(name));
        return outcomeOf(ran.get(on)!);
      });
    await gate.enter();
    try {
      const { stopping, stopsWaiting, budget } = scope.run;
      // An interrupt waits for held work, and this work is not held.
      if (!scope.isHeld && stopping.aborted) return interrupted(stopping);
      if (stopsWaiting && budget.isSpent()) return stopped(budget.explain());
      const hosts = [target];
      const task = {
        target,
        invocation,
        once: false,
        overrides: rest.length > 0,
        hosts,
        doneFor: () => hosts,
      };
      const work = () => runTask(layer, task, { next, call }, scope);
      const result = isWhole ? await withHold(scope, work) : await work();
      // Recorded at once, because hosts that wait for a place read it.
      budget.record(target, result);
      return result;
    } finally {
      gate.leave();
      meeting.stayAway(target);
    }
  };
  const before = doneBefore(layer, rest, invocations.keys(), scope);
  for (const target of before.keys()) meeting.stayAway(target);
  const done = await Promise.all(
    [...invocations].map(
      async ([target, invocation]) =>
        [target, before.get(target) ?? (await runHost(target, invocation))] as const,
    ),
  );
  return new Map(done);
}

/** Frees the host's place at the gate while the host waits for others, so that another host can work. */
async function givingBack<T>({ run }: Scope, work: () => Promise<T>): Promise<T> {
  run.gate.leave();
  try {
    return await work();
  } finally {
    await run.gate.enter();
  }
}
