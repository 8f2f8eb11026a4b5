import { makePlan, type RunSettings, type RunSummary, runPlan } from "@hostout/engine";
import type { Connections, Event, Site } from "@hostout/kit";
import { type FakeAnswer, type FakeCall, fakeConnection } from "./fake-connection.ts";

/** A command of a line: its name, or that with arguments and flags by their name in code. */
export type FakeCommand =
  | string
  | {
      readonly name: string;
      readonly args?: readonly string[];
      readonly flags?: Readonly<Record<string, string | boolean>>;
    };

/** What the run is told as the command line tells it: `jobs`, `batch`, `maxFailures`, `retries`, …. */
type RunFlags = Omit<RunSettings, "plan" | "connections" | "emit" | "dryRun">;

export interface FakeRunSettings extends RunFlags {
  /** One or several, as `fakeSite` makes them. */
  readonly sites: readonly Site[];
  /** One after the other. */
  readonly commands: readonly FakeCommand[];
  /** What machines answer, first match first: all of them, or by name (`localhost` is this one). Else all succeeds, without output. */
  readonly answers?: readonly FakeAnswer[] | ((machine: string) => readonly FakeAnswer[]);
  /** As `--dry-run`: `run` and transfers only tell what they would do; they are recorded all the same. */
  readonly dryRun?: boolean;
}

/** What was asked of a machine. */
export interface FakeRunCall extends FakeCall {
  /** Name of the host, or `localhost`. */
  readonly machine: string;
}

export interface FakeRunResult extends RunSummary {
  /** In the order in which they were made. */
  readonly calls: readonly FakeRunCall[];
  readonly events: readonly Event[];
}

/**
 * Runs commands of sites through the real plan and runner over machines that only record: for the logic of a plugin,
 * its order, hooks and overrides.
 *
 * @throws HostoutError what the plan throws; what a command throws is in `targets`
 */
export async function fakeRun(settings: FakeRunSettings): Promise<FakeRunResult> {
  const { sites, commands, answers = [], dryRun = false, ...rest } = settings;
  const calls: FakeRunCall[] = [];
  const connect = (machine: string) => {
    const own = typeof answers === "function" ? answers(machine) : answers;
    return fakeConnection(machine, own, { dryRun, record: (call) => calls.push({ ...call, machine }) });
  };
  const connections: Connections = {
    remote: (_site, host) => connect(host.name),
    local: () => connect("localhost"),
    close: async () => {},
  };
  const events: Event[] = [];
  const targets = sites.flatMap((site) => site.hosts.map((host) => ({ site, host })));
  const requested = commands.map((command) => {
    const { name, args = [], flags = {} } = typeof command === "string" ? { name: command } : command;
    return { name, invocation: { args, flags } };
  });
  const plan = makePlan({ targets, commands: requested });
  const summary = await runPlan({ plan, connections, emit: (event) => events.push(event), dryRun, ...rest });
  return { ...summary, calls, events };
}
