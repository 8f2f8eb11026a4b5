export { type CreatedPlugin, createPlugin, nextSteps, PluginNameError } from "./create-plugin.ts";
export { pluginFiles } from "./plugin-files.ts";
