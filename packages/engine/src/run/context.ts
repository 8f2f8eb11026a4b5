import {
  type CommandValue,
  commandWords,
  type HostContext,
  type Invocation,
  type Login,
  type Outcome,
  readOptions,
  type SiteContext,
  type Target,
  type TaskOutput,
} from "@hostout/kit";
import { readInvocation } from "../plan/invocation.ts";
import type { PlannedLayer } from "../plan/plan.ts";
import type { Run } from "./run.ts";

/** Makes the context of a command's `run` or `runOnce`. */
export function makeContext(parts: {
  readonly layer: PlannedLayer;
  readonly task: {
    readonly target: Target;
    readonly invocation: Invocation;
    readonly path: readonly string[];
    readonly once: boolean;
    /** Whether this layer overrides another command. */
    readonly overrides: boolean;
    readonly hosts: readonly Target[];
  };
  /** Runs a command by name. `on` is a host of another site. */
  readonly call: (command: string, invocation?: Invocation, on?: Target) => Promise<Outcome>;
  readonly run: Run;
  readonly output: TaskOutput;
}): HostContext | SiteContext {
  const { layer, task, call, run, output } = parts;
  const onOtherHost = (target: Target, callThere: HostContext["call"]) => {
    const there = { ...task, target, once: false, hosts: [target] };
    return makeContext({ ...parts, task: there, call: callThere }) as HostContext;
  };
  const { site, host } = task.target;
  const name = task.path.at(-1) ?? "";
  const local = run.connections.local(site, output);
  const machine = task.once ? local.name : host.name;
  const common = {
    site,
    options: readOptions(site, layer.plugin.options),
    ...readInvocation(name, commandWords([layer]), task.invocation, task.overrides),
    local,
    dryRun: run.dryRun,
    signal: run.signal,
    note: (line: string) => output.line("note", machine, line),
    detail: (line: string) => output.line("detail", machine, line),
    warn: (text: string) => output.line("warning", machine, text),
    confirm: async (question: string) =>
      run.confirm
        ? (await run.confirm(question))
          ? ("yes" as const)
          : ("no" as const)
        : ("nobody" as const),
    call: (command: string, invocation?: Invocation) => call(command, invocation),
    otherSite: async (wanted: string) =>
      (await run.targetsOf(site, wanted)).map((target) =>
        onOtherHost(target, (command, invocation) => call(command, invocation, target)),
      ),
    exclusive: run.exclusive,
    resultOf: <T>(value: CommandValue<T>) => run.memory.resultOf(task.target, value),
    shared: run.memory.sharedOf(task.once ? site : task.target),
  };
  if (task.once) return { ...common, hosts: task.hosts.map((target) => target.host) };
  const live: HostContext["live"] = (release, lastSwitch) => {
    run.memory.keepLive(task.target, release);
    if (lastSwitch !== undefined) run.memory.keepSwitch(task.target, lastSwitch);
  };
  const remote = (login?: Login) => run.connections.remote(site, host, output, login);
  return { ...common, host, live, remote: remote(), loginAs: remote };
}
