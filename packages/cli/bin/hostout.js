#!/usr/bin/env node
// Answers what needs no program at once, then starts hostout. Plain JavaScript that an old Node can read too, and CommonJS: Node
// starts its loader of ES modules, with all that node:fs can give, only where it is wanted.
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
  // Of a program that comes to no end, as Node has it for a module that is never evaluated.
  process.exitCode = 13;
  void (argv[0] === "--complete" ? complete() : run());
}

// In a folder of the user's own: in Node's default one, below /tmp, anybody may put code that would be run.
function keepCompiled({ NODE_COMPILE_CACHE, XDG_CACHE_HOME, HOME }) {
  if (NODE_COMPILE_CACHE) return void enableCompileCache();
  // A home that is not there is not made.
  const cache = XDG_CACHE_HOME || (HOME && existsSync(HOME) && join(HOME, ".cache"));
  if (!cache) return;
  const folder = join(cache, "hostout", "compiled");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    enableCompileCache(folder);
  } catch {
    // It only takes longer to start.
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
