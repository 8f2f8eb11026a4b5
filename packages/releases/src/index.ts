export type { Lock } from "./lock.ts";
export { prepareScript } from "./lock-scripts.ts";
export * from "./package-runs.ts";
export * from "./release-name.ts";
export * from "./release-record.ts";
export * from "./removable.ts";
export * from "./store.ts";
export * from "./store-state.ts";
