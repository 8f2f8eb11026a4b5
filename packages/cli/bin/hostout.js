#!/usr/bin/env node
// Answers `--version` and `--complete` at once, or else starts hostout. An old Node must be able to parse this
// file. CommonJS avoids the slower start of Node's ES module loader.
const { existsSync, mkdirSync, readFileSync, statSync } = require("node:fs");
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
  const { makeLoader } = require("./compiled-modules.js");
  const loader = makeLoader(join(__dirname, "..", "dist", "program"), keepCompiled(process.env));
  // The status of a program that never ends, as Node has it for a module that is never evaluated.
  process.exitCode = 13;
  void (argv[0] === "--complete" ? complete(loader) : run(loader));
}

/**
 * Makes Node keep the modules of others that it compiles. Returns the folder for the modules of hostout itself, if
 * any. The folder is the user's. Node's default is below /tmp, where anybody could place code that Node would run.
 */
function keepCompiled({ NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE, XDG_CACHE_HOME, HOME }) {
  if (NODE_DISABLE_COMPILE_CACHE) return undefined;
  if (NODE_COMPILE_CACHE) {
    enableCompileCache();
    const folder = join(NODE_COMPILE_CACHE, "hostout");
    return !existsSync(folder) || isOwn(folder) ? folder : undefined;
  }
  // A missing home folder is not created.
  const cache = XDG_CACHE_HOME || (HOME && existsSync(HOME) && join(HOME, ".cache"));
  if (!cache) return undefined;
  const folder = join(cache, "hostout", "compiled");
  const base = XDG_CACHE_HOME || HOME;
  try {
    // With sudo, the home may be that of another account, who could put anything in the place of a folder in it.
    if (existsSync(base) && statSync(base).uid !== (process.geteuid?.() ?? 0)) return undefined;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isOwn(folder)) return undefined;
    enableCompileCache(folder);
    return join(folder, "program");
  } catch {
    // Without the cache, hostout only starts more slowly.
    return undefined;
  }
}

/** Whether no other account writes to the folder. */
function isOwn(folder) {
  const { uid, mode } = statSync(folder);
  return process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o022) === 0);
}

async function complete({ load, keep }) {
  const { answerCompletion } = load("completion.js");
  const words = await answerCompletion(argv.slice(argv[1] === "--" ? 2 : 1), process.env);
  process.stdout.write(words.map((word) => `${word}\n`).join(""));
  process.exitCode = 0;
  keep("--complete");
}

async function run({ load, keep }) {
  // oclif loads these commands as ES modules, and all that they need with them.
  const isTopic = /^(sites|init|config|plugins|history|completion|demo)$/.test(argv[0]);
  const program = isTopic ? await import("../dist/main.js") : load("main.js");
  process.exitCode = await program.main(argv);
  keep(program.work());
}
