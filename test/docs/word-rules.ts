import { type Sentence, sentencesOf } from "./prose.ts";

/** A rule of how hostout writes. Its pattern, or its function, finds what is to be written in another way. */
export interface WordRule {
  readonly name: string;
  /** What to write in its place. */
  readonly instead: string;
  readonly finds: (sentence: Sentence) => boolean;
  /** A sentence that the rule must find, and one that it must not. */
  readonly bad: string;
  readonly good: string;
}

export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly sentence: string;
}

/** Words of the longest sentence. */
const longest = 25;

const matches = (pattern: RegExp) => (sentence: Sentence) => pattern.test(sentence.text);

export const wordRules: readonly WordRule[] = [
  {
    name: "long-sentence",
    instead: `two sentences: each of at most ${longest} words`,
    finds: ({ text }) => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length > longest,
    bad: `The host ${"really ".repeat(longest)}works.`,
    good: `The host works. The host ${"really ".repeat(longest - 3)}works.`,
  },
  {
    name: "subject",
    instead: "a noun as the subject of a sentence, a cell, or a clause after : or ;",
    finds: matches(
      /^["'(]?(?:what|who|that|it|whoever|whatever)\b|[:;] (?:what|who|that|it|whoever|whatever)\b/i,
    ),
    bad: "What is not needed is removed.",
    good: "The host removes that release when it is old.",
  },
  {
    name: "tell",
    instead: "print, report, show, name",
    finds: matches(/\b(?:tell|tells|told|telling)\b/i),
    bad: "The command tells the name.",
    good: "The command prints the name.",
  },
  {
    name: "is-there",
    instead: "exist, or the name of the place",
    finds: matches(/\b(?:is|are|was|were|be) (?:(?:not|already|still|in fact|no longer) )?there\b/i),
    bad: "The folder is not there.",
    good: "The folder does not exist, and there is no other.",
  },
  {
    name: "come-to-good",
    instead: "pass, or fail, a check",
    finds: matches(/\b(?:come|comes|came|coming) to (?:no )?good\b/i),
    bad: "A host where it does not come to good.",
    good: "A host that fails its health check.",
  },
  {
    name: "go-back",
    instead: "roll back; roll back automatically",
    finds: matches(/\b(?:go|goes|going|gone|went) back\b/i),
    bad: "The host goes back by itself.",
    good: "The host rolls back automatically.",
  },
  {
    name: "served",
    instead: "live, live release; a web server serves",
    finds: ({ text }) => /\bserv(?:e|es|ed|ing)\b(?!\.log)/i.test(text) && !/\bservers?\b/i.test(text),
    bad: "The release that is served stays.",
    good: "The live release stays, and the web server serves its files.",
  },
  {
    name: "version-of-site",
    instead: "release",
    finds: matches(
      /\b(?:live|deployed|served|previous|current) versions?\b|\bversions? of (?:the|a|your|each) site\b|\bat version\b/i,
    ),
    bad: "The host has the previous version.",
    good: "The version of Node on the host is the previous release's.",
  },
  {
    name: "account",
    instead: "login user, build user, owner of the site",
    finds: matches(/\bwho (?:owns the|logs in|log in|builds|runs the build)\b/i),
    bad: "The folder belongs to who owns the site.",
    good: "The folder belongs to the owner of the site.",
  },
  {
    name: "go-on-with",
    instead: "resume",
    finds: matches(/\b(?:go|goes|going|gone|went) on with\b/i),
    bad: "The next command goes on with the run.",
    good: "The next command resumes the run.",
  },
  {
    name: "mend",
    instead: "repair, correct",
    finds: matches(/\bmend(?:s|ed|ing)?\b/i),
    bad: "The log is mended.",
    good: "The host repairs the log.",
  },
  {
    name: "bear",
    instead: "failure budget",
    finds: matches(/\b(?:run|runs) bears?\b/i),
    bad: "More hosts fail than the run bears.",
    good: "The failure budget is spent.",
  },
];

/** Finds in a page all that the rules are about. */
export function findingsOf(file: string, markdown: string): readonly Finding[] {
  return sentencesOf(markdown).flatMap((sentence) =>
    wordRules
      .filter((rule) => rule.finds(sentence))
      .map((rule) => ({ file, line: sentence.line, rule: rule.name, sentence: sentence.text })),
  );
}
