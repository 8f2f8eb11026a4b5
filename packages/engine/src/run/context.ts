import {
  type HostContext,
  type Invocation,
  type Outcome,
  readOptions,
  type SiteContext,
  type Target,
  type TaskOutput,
} from "@hostout/kit";
import { readInvocation } from "../plan/invocation.ts";
import type { PlannedLayer } from "../plan/plan.ts";
import type { Run } from "./run.ts";

/** What a command's `run` or `runOnce` is given. */
export function makeContext(parts: {
  readonly layer: PlannedLayer;
  readonly task: {
    readonly target: Target;
    readonly invocation: Invocation;
    readonly path: readonly string[];
    readonly once: boolean;
    /** Whether there is a command below this layer. */
    readonly overrides: boolean;
    readonly hosts: readonly Target[];
  };
  readonly call: (command: string, invocation?: Invocation) => Promise<Outcome>;
  readonly run: Run;
  readonly output: TaskOutput;
}): HostContext | SiteContext {
  const { layer, task, call, run, output } = parts;
  const { site, host } = task.target;
  const name = task.path.at(-1) ?? "";
  const local = run.connections.local(site, output);
  const machine = task.once ? local.name : host.name;
  const common = {
    site,
    options: readOptions(site, layer.plugin.options),
    ...readInvocation(name, layer.command, task.invocation, task.overrides),
    local,
    dryRun: run.dryRun,
    signal: run.signal,
    note: (line: string) => output.line("note", machine, line),
    detail: (line: string) => output.line("detail", machine, line),
    warn: (text: string) => output.line("warning", machine, text),
    call,
    exclusive: run.exclusive,
    resultOf: (command: string) => run.memory.resultOf(task.target, command),
    shared: run.memory.sharedOf(task.once ? site : task.target),
  };
  if (task.once) return { ...common, hosts: task.hosts.map((target) => target.host) };
  const live = (release: string | null | undefined) => run.memory.keepLive(task.target, release);
  return { ...common, host, live, remote: run.connections.remote(site, host, output) };
}
