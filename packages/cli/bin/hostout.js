#!/usr/bin/env node
// Answers `--version` and `--complete` at once, or else starts hostout. An old Node must be able to parse this
// file. CommonJS avoids the slower start of Node's ES module loader.
const { existsSync, mkdirSync, readFileSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

const [major, minor] = process.versions.node.split(".").map(Number);
if (!(major >= 26 || (major === 24 && minor >= 15) || (major === 22 && minor >= 22))) {
  process.stderr.write(
    `hostout: hostout needs Node 22.22, 24.15, 26 or newer; this is ${process.versions.node}\n  try: install Node 24, for example from https://nodejs.org\n`,
  );
  process.exit(2);
}
const argv = process.argv.slice(2);
if (argv.length === 1 && /^(--version|-V|version)$/.test(argv[0])) {
  const { version } = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8"));
  process.stdout.write(`hostout ${version}\n`);
} else {
  keepCompiled(process.env);
  // The status of a program that never ends, as Node has it for a module that is never evaluated.
  process.exitCode = 13;
  void (argv[0] === "--complete" ? complete() : run());
}

// Uses a folder of the user. Node's default is below /tmp, where anybody could place code that Node would run.
function keepCompiled({ NODE_COMPILE_CACHE, XDG_CACHE_HOME, HOME }) {
  if (NODE_COMPILE_CACHE) return void enableCompileCache();
  // A missing home folder is not created.
  const cache = XDG_CACHE_HOME || (HOME && existsSync(HOME) && join(HOME, ".cache"));
  if (!cache) return;
  const folder = join(cache, "hostout", "compiled");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    enableCompileCache(folder);
  } catch {
    // Without the cache, hostout only starts more slowly.
  }
}

async function complete() {
  const { answerCompletion } = await import("../dist/completion/answer-completion.js");
  const words = await answerCompletion(argv.slice(argv[1] === "--" ? 2 : 1), process.env);
  process.stdout.write(words.map((word) => `${word}\n`).join(""));
  process.exitCode = 0;
}

async function run() {
  const { main } = await import("../dist/main.js");
  process.exitCode = await main(argv);
}
