import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sentencesOf } from "./prose.ts";
import { findingsOf, wordRules } from "./word-rules.ts";

const root = dirname(dirname(import.meta.dirname));
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** Made from code, or kept as they were decided. */
const apart = /^docs\/(?:decisions\/|reference\/(?:options|ssh|kit\.api)\.md$)/;

/** Pages that are not yet written by the rules. */
const pending: ReadonlySet<string> = new Set([
  "docs/how-to/deploy-from-ci.md",
  "docs/how-to/deploy-releases.md",
  "docs/how-to/migrate-from-collective-hostout.md",
  "docs/how-to/run-over-many-hosts.md",
  "docs/how-to/use-from-a-script.md",
  "docs/how-to/when-something-fails.md",
  "docs/how-to/write-a-plugin.md",
  "docs/reference/configuration.md",
  "docs/reference/host-layout.md",
]);

/** Sentences that are right as they are, by their rule. */
const exceptions: Readonly<Record<string, readonly string[]>> = {};

const pages = globSync(["*.md", "docs/**/*.md", "{packages,plugins}/*/README.md"], { cwd: root }).filter(
  (file) => !apart.test(file) && !pending.has(file),
);

test.each(pages)("%s is written by the rules", (file) => {
  const found = findingsOf(file, read(file)).filter(
    ({ rule, sentence }) => !exceptions[rule]?.includes(sentence),
  );
  expect(found.map((one) => `${one.file}:${one.line} ${one.rule}: ${one.sentence}`)).toEqual([]);
});

test("every pending page and every exception exists", () => {
  expect([...pending].filter((file) => !globSync(file, { cwd: root }).length)).toEqual([]);
  const found = pages.flatMap((file) => findingsOf(file, read(file)));
  const unused = Object.entries(exceptions).flatMap(([rule, sentences]) =>
    sentences.filter((text) => !found.some((one) => one.rule === rule && one.sentence === text)),
  );
  expect(unused).toEqual([]);
});

test.each(wordRules)("the rule $name finds its bad sentence, and lets its good one pass", (rule) => {
  const rules = (text: string) => findingsOf("page.md", text).map((one) => one.rule);
  expect([rules(rule.bad), rules(rule.good)]).toEqual([[rule.name], []]);
});

test("CONTRIBUTING.md names every rule", () => {
  const text = read("CONTRIBUTING.md");
  expect(wordRules.map(({ name }) => name).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test("a page is cut into sentences with their lines, without code", () => {
  const page = [
    "# A page",
    "",
    "The host runs `what is told`. hostout prints",
    "a [line](x.md). The **end**.",
    "",
    "```console",
    "$ What is told?",
    "```",
    "",
    "    what = told",
    "",
    "| a | b |",
    "|---|---|",
    "| one | `a|b` two |",
    "",
    "- An item",
    "  of two lines.",
    "1. Another. One more.",
  ].join("\n");
  expect(sentencesOf(page).map(({ line, text }) => `${line} ${text}`)).toEqual([
    "1 A page",
    "3 The host runs `code`.",
    "3 hostout prints a line.",
    "4 The end.",
    "12 a",
    "12 b",
    "14 one",
    "14 `code` two",
    "16 An item of two lines.",
    "18 Another.",
    "18 One more.",
  ]);
});
