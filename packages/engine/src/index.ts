export * from "./explain.ts";
export * from "./invocation.ts";
export * from "./is-wanted.ts";
export * from "./plan.ts";
export * from "./runner.ts";
export type { DoneBefore } from "./run.ts";
export type { PartOfHosts } from "./part-of-hosts.ts";
export { takeStray } from "./stray.ts";
