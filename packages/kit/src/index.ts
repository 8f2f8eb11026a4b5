export {
  type Config,
  type ConfigurationText,
  canonicalName,
  commandLine,
  configurationTexts,
  type Download,
  didYouMean,
  formatOrigin,
  hasUrlSecret,
  hideUrlSecrets,
  isHostoutRecipe,
  isSecretName,
  nearMiss,
  type Origin,
  partsWithoutSites,
  type ReadSettings,
  readConfig,
  resolveName,
  textOf,
  type UnpinnedEgg,
  unpinnedEggs,
  type Value,
} from "@hostout/config";
export * from "./machine/absolute-path.ts";
export * from "./machine/ask.ts";
export { buildoutFolder, lineIn } from "./machine/buildout-folder.ts";
export * from "./machine/connection.ts";
export * from "./machine/connections.ts";
export * from "./machine/path-bytes.ts";
export * from "./machine/shell.ts";
export * from "./machine/transport.ts";
export { type LinesOptions, runLines } from "./machine/user-script.ts";
export * from "./plugin/cell.ts";
export * from "./plugin/check.ts";
export * from "./plugin/command.ts";
export * from "./plugin/command-words.ts";
export * from "./plugin/composition.ts";
export * from "./plugin/context.ts";
export * from "./plugin/listener.ts";
export * from "./plugin/option.ts";
export * from "./plugin/plugin.ts";
export * from "./plugin/secret-source.ts";
export { type Blame, blame } from "./run/blame.ts";
export * from "./run/events.ts";
export * from "./run/hostout-error.ts";
export { readableTime } from "./run/readable-time.ts";
export * from "./run/report-error.ts";
export { buildoutFiles } from "./site/buildout-files.ts";
export * from "./site/host.ts";
export * from "./site/read-options.ts";
export * from "./site/site.ts";
export * from "./site/site-options.ts";
export * from "./site/target.ts";
export * from "./site/who.ts";
