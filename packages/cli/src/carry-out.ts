import { randomBytes } from "node:crypto";
import {
  type Batch,
  type Connections,
  type Emit,
  type Plan,
  type Request,
  type RunSummary,
  runPlan,
} from "@hostout/kit";
import { environmentOf } from "./environment.ts";

/** What a run is, from its first event to its last. */
export interface CarryOutSettings {
  readonly request: Request;
  /** What the request means. */
  readonly plan: Plan;
  /** The configuration file. */
  readonly config: string;
  readonly connections: Connections;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
  readonly jobs?: number | undefined;
  readonly batch?: Batch | undefined;
}

/** Carries out a plan, between `run.start` and `run.end`. */
export async function carryOut(settings: CarryOutSettings): Promise<RunSummary> {
  const { request, plan, config, connections, emit, signal, dryRun, jobs, batch } = settings;
  const run = `${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}-${randomBytes(3).toString("hex")}`;
  const at = () => new Date().toISOString();
  const targets = request.targets.map(({ site, host }) => {
    return { site: site.name, host: host.name, environment: environmentOf(site) };
  });
  const commands = request.commands.map(({ name }) => name);
  emit({ type: "run.start", at: at(), run, schema: 1, config, dryRun, commands, targets });
  const limits = { ...(jobs !== undefined && { jobs }), ...(batch && { batch }) };
  const summary = await runPlan({ plan, connections, emit, signal, dryRun, ...limits });
  emit({ type: "run.end", at: at(), run, ...summary });
  return summary;
}
