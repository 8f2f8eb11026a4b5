#!/usr/bin/env node
// npm create hostout-plugin NAME: creates the folder NAME with a plugin.
import { createPlugin, nextSteps, PluginNameError } from "../dist/index.js";

const words = process.argv.slice(2);
const help =
  "Usage: npm create hostout-plugin NAME\n\nMakes a folder with a plugin of hostout: NAME is that of its package.\n";
if (words.includes("--help") || words.includes("-h")) process.stdout.write(help);
else if (words.length !== 1 || words[0].startsWith("-")) {
  process.stderr.write(help);
  process.exitCode = 2;
} else {
  try {
    process.stdout.write(nextSteps(await createPlugin({ name: words[0], into: process.cwd() })));
  } catch (error) {
    if (!(error instanceof PluginNameError)) throw error;
    process.stderr.write(`create-hostout-plugin: ${error.message}\n  try: ${error.hint}\n`);
    process.exitCode = 2;
  }
}
