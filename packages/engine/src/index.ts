export type { PartOfHosts } from "./pace/part-of-hosts.ts";
export { takeStray } from "./pace/stray.ts";
export * from "./plan/explain.ts";
export * from "./plan/invocation.ts";
export * from "./plan/is-wanted.ts";
export * from "./plan/plan.ts";
export * from "./plan/walk.ts";
export type { DoneBefore } from "./run/run.ts";
export * from "./run/runner.ts";
