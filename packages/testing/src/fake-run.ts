import { makePlan, type RunSettings, type RunSummary, runPlan } from "@hostout/engine";
import type { Connections, Event, Site } from "@hostout/kit";
import { type FakeAnswer, type FakeCall, fakeConnection } from "./fake-connection.ts";

/** A command of a line: its name, or its name with arguments and flags. Flags have their name in code. */
export type FakeCommand =
  | string
  | {
      readonly name: string;
      readonly args?: readonly string[];
      readonly flags?: Readonly<Record<string, string | boolean>>;
    };

/** Run settings that the command line could give: `jobs`, `batch`, `maxFailures`, `retries`, …. */
type RunFlags = Omit<RunSettings, "plan" | "connections" | "emit" | "dryRun">;

export interface FakeRunSettings extends RunFlags {
  /** One or more sites, as `fakeSite` makes them. */
  readonly sites: readonly Site[];
  /** Commands in order. */
  readonly commands: readonly FakeCommand[];
  /**
   * Answers of the machines, first match first: for all machines, or by name (`localhost` is this machine).
   * Without a match, a call succeeds without output.
   */
  readonly answers?: readonly FakeAnswer[] | ((machine: string) => readonly FakeAnswer[]);
  /** As `--dry-run`: `run` and transfers only report their changes. The result records them nevertheless. */
  readonly dryRun?: boolean;
}

/** One call to a machine. */
export interface FakeRunCall extends FakeCall {
  /** Name of the host, or `localhost`. */
  readonly machine: string;
}

export interface FakeRunResult extends RunSummary {
  /** In the order of the calls. */
  readonly calls: readonly FakeRunCall[];
  readonly events: readonly Event[];
}

/**
 * Runs commands of sites through the real plan and runner, on machines that only record calls. Tests the
 * logic of a plugin: its order, hooks and overrides.
 *
 * @throws HostoutError any error of the plan. An error of a command is in `targets`.
 */
export async function fakeRun(settings: FakeRunSettings): Promise<FakeRunResult> {
  const { sites, commands, answers = [], dryRun = false, confirm = async () => true, ...rest } = settings;
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
  const summary = await runPlan({
    plan,
    connections,
    emit: (event) => events.push(event),
    dryRun,
    confirm,
    ...rest,
  });
  return { ...summary, calls, events };
}
