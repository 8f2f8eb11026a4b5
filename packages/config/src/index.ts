export type { Config, Download, Note } from "./config.ts";
export { ConfigError, type ConfigErrorKind, type Excerpt, type Link, type Place } from "./config-error.ts";
export { type ConfigurationText, configurationTexts } from "./copy/configuration-texts.ts";
export { editConfig } from "./edit-config.ts";
export { didYouMean, nearMiss } from "./near-miss.ts";
export { commandLine } from "./read/assignment.ts";
export { lintText, type TextFinding } from "./read/lint-text.ts";
export { type ReadSettings, readConfig } from "./read/read-config.ts";
export { builtIn } from "./section/buildout-section.ts";
export { canonicalName } from "./section/canonical-name.ts";
export { isHostoutRecipe } from "./section/hostout-recipe.ts";
export { partsWithoutSites } from "./section/parts-without-sites.ts";
export { textOf } from "./section/text-of.ts";
export { type UnpinnedEgg, unpinnedEggs } from "./section/unpinned-eggs.ts";
export {
  formatOrigin,
  type Operator,
  type Origin,
  type Section,
  type Step,
  type Value,
} from "./section/value.ts";
export { resolveName } from "./text/include.ts";
export { isSecretName } from "./text/secret-name.ts";
export { hasUrlSecret, hideUrlSecrets, urlSecretsIn } from "./url-secrets.ts";
