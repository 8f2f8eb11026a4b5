export type { RunSummary } from "@hostout/engine";
export type { Event, TargetReport } from "@hostout/kit";
export { HostoutError, isHostoutError } from "@hostout/kit";
export * from "./run/script.ts";
export type { ScriptRun } from "./run/script-run.ts";
