export { heldLock, type Lock } from "./lock.ts";
export * from "./release-name.ts";
export * from "./store.ts";
export * from "./store-state.ts";
