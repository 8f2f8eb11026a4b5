export type { Event, RunSummary, TargetReport } from "@hostout/kit";
export { HostoutError, isHostoutError } from "@hostout/kit";
export * from "./script.ts";
export type { ScriptRun } from "./script-run.ts";
