export { ConfigError, type ConfigErrorKind } from "./config-error.ts";
export { type Config, type ReadSettings, readConfig } from "./read-config.ts";
export type { Origin, Section, Value } from "./value.ts";
