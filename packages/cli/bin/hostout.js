#!/usr/bin/env node
// Answers what needs no program at once, then starts hostout. Plain JavaScript that an old Node can read too.
import { readFileSync } from "node:fs";
import module from "node:module";

const [major, minor] = process.versions.node.split(".").map(Number);
if (!(major >= 26 || (major === 24 && minor >= 15) || (major === 22 && minor >= 22))) {
  process.stderr.write(`hostout needs Node 22.22, 24.15, 26 or newer; this is ${process.versions.node}\n`);
  process.exit(2);
}
const argv = process.argv.slice(2);
if (argv.length === 1 && /^(--version|-V)$/.test(argv[0])) {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  process.stdout.write(`hostout ${version}\n`);
} else {
  module.enableCompileCache?.();
  if (argv[0] === "--complete") {
    const { answerCompletion } = await import("../dist/completion/answer-completion.js");
    const words = await answerCompletion(argv.slice(argv[1] === "--" ? 2 : 1), process.env);
    process.stdout.write(words.map((word) => `${word}\n`).join(""));
  } else {
    const { main } = await import("../dist/main.js");
    process.exitCode = await main(argv);
  }
}
