import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sentencesOf } from "./prose.ts";
import { commentsAsPage, messagesAsPage } from "./source-texts.ts";
import { type Finding, findingsOf, wordRules } from "./word-rules.ts";

const root = dirname(dirname(import.meta.dirname));
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** Kept as they were decided, or made by a program of others. */
const apart = /^docs\/(?:decisions\/|reference\/kit\.api\.md$)/;

/** Sentences that are right as they are, by their rule. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  // The last line of collective.hostout.
  "version-of-site": ["Deployment complete at version `code`"],
};

const pages = globSync(["*.md", "docs/**/*.md", "{packages,plugins}/*/README.md"], { cwd: root }).filter(
  (file) => !apart.test(file),
);

const packages = globSync("{packages,plugins}/*", { cwd: root }).toSorted();

const isFinding = ({ rule, sentence }: Finding) => !exceptions[rule]?.includes(sentence);
const show = (found: readonly Finding[]) =>
  found.map((one) => `${one.file}:${one.line} ${one.rule}: ${one.sentence}`);

test.each(pages)("%s is written by the rules", (file) => {
  expect(show(findingsOf(file, read(file)).filter(isFinding))).toEqual([]);
});

/** What the rules find in the sources of a package, its tests aside. */
function findingsIn(folder: string, asPage: (source: string) => string): readonly Finding[] {
  return globSync(`${folder}/src/**/*.ts`, { cwd: root })
    .filter((file) => !file.endsWith(".test.ts"))
    .flatMap((file) => findingsOf(file, asPage(read(file))));
}

test.each(packages)("the doc comments of %s are written by the rules", (folder) =>
  expect(show(findingsIn(folder, commentsAsPage).filter(isFinding))).toEqual([]),
);

test.each(packages)("the help and the messages of %s are written by the rules", (folder) =>
  expect(show(findingsIn(folder, messagesAsPage).filter(isFinding))).toEqual([]),
);

test("every exception exists", () => {
  const found = [
    ...pages.flatMap((file) => findingsOf(file, read(file))),
    ...packages.flatMap((folder) => [commentsAsPage, messagesAsPage].flatMap((as) => findingsIn(folder, as))),
  ];
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

test("comments and messages of a source keep their lines", () => {
  const source = [
    "/** The `name` of {@link Host}. */",
    "export const a = 1; // What is no doc comment.",
    "/**",
    " * One.",
    " * @param name the word",
    " */",
    "const fault = { message: `${name} failed on it`, hint:",
    '  "Look at it.", code: "no-text", script: `cd "$1" && run the tests` };',
  ].join("\n");
  const lines = (page: string) => sentencesOf(page).map(({ line, text }) => `${line} ${text}`);
  expect(lines(commentsAsPage(source))).toEqual(["1 The `code` of `code`.", "4 One.", "5 the word"]);
  expect(lines(messagesAsPage(source))).toEqual(["7 `code` failed on it", "8 Look at it."]);
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
