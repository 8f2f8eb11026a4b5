export {
  type Config,
  canonicalName,
  commandLine,
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
export * from "./absolute-path.ts";
export { buildoutFiles } from "./buildout-files.ts";
export { buildoutFolder, lineIn } from "./buildout-folder.ts";
export * from "./composition.ts";
export * from "./connection.ts";
export * from "./connections.ts";
export * from "./events.ts";
export * from "./host.ts";
export * from "./hostout-error.ts";
export * from "./option.ts";
export * from "./path-bytes.ts";
export * from "./plugin.ts";
export * from "./read-options.ts";
export * from "./report-error.ts";
export * from "./shell.ts";
export * from "./site.ts";
export * from "./site-options.ts";
export { type LinesOptions, runLines } from "./user-script.ts";
export * from "./who.ts";
export * from "./target.ts";
export { blame } from "./blame.ts";
