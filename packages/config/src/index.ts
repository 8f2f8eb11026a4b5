export { commandLine } from "./assignment.ts";
export { builtIn } from "./buildout-section.ts";
export { ConfigError, type ConfigErrorKind, type Excerpt, type Link, type Place } from "./config-error.ts";
export { editConfig } from "./edit-config.ts";
export { lintText, type TextFinding } from "./lint-text.ts";
export { didYouMean, nearMiss } from "./near-miss.ts";
export { type Config, type Note, type ReadSettings, readConfig } from "./read-config.ts";
export { isSecretName } from "./secret-name.ts";
export { formatOrigin, type Operator, type Origin, type Section, type Step, type Value } from "./value.ts";
