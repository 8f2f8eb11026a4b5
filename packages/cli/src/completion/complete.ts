import { globForm } from "../line/glob-form.ts";
import { globalFlagTable, spellingsOf } from "../line/global-flag-table.ts";
import { shells, subtopics, topics } from "../topics.ts";
import type { CompletionFacts } from "./completion-facts.ts";

/**
 * Returns the completions of the last of `words`, after the words before it. `facts` is undefined without a
 * project.
 */
export function complete(words: readonly string[], facts: CompletionFacts | undefined): readonly string[] {
  const begun = words.at(-1) ?? "";
  return candidates(words.slice(0, -1), begun, facts).filter((word) => word.startsWith(begun));
}

function candidates(
  before: readonly string[],
  begun: string,
  facts: CompletionFacts | undefined,
): readonly string[] {
  const words = withoutFlags(before);
  const isFlag = begun.startsWith("-");
  const topic = words.find((word) => topics.has(word));
  if (topic !== undefined && (facts === undefined || sitesOf(facts, words).length === 0))
    return isFlag ? flags([]) : ofTopic(topic, words, facts);
  const names = facts ? [...Object.keys(facts.sites), ...Object.keys(facts.groups), "all"] : [];
  const chosen = facts ? sitesOf(facts, words) : [];
  if (!facts || chosen.length === 0) return isFlag ? flags([]) : [...names, ...topics.keys()];
  const commands = commonCommands(facts, chosen);
  const last = words.findLast((word) => commands.has(word));
  if (isFlag) return flags(last === undefined ? [] : (commands.get(last) ?? []));
  if (last !== undefined || words.includes("explain")) return [...commands.keys()];
  return [...names.filter((name) => !words.includes(name)), "explain", ...commands.keys()];
}

/** Returns the words without flags and without the values of flags. */
function withoutFlags(words: readonly string[]): readonly string[] {
  const valued = globalFlagTable.flatMap((flag) => ("value" in flag ? spellingsOf(flag) : []));
  return words.filter((word, index) => !word.startsWith("-") && !valued.includes(words[index - 1] ?? ""));
}

function flags(own: readonly string[]): readonly string[] {
  return [...own, ...globalFlagTable.map(({ name }) => name)];
}

function ofTopic(
  topic: string,
  words: readonly string[],
  facts: CompletionFacts | undefined,
): readonly string[] {
  if (topic === "completion") return shells;
  if (topic === "help") return facts ? [...Object.keys(facts.sites), ...topics.keys()] : [...topics.keys()];
  const below = words.at(-1) === topic ? (subtopics[topic] ?? []) : [];
  return topic === "config" ? [...below, ...(facts?.sections ?? [])] : below;
}

/** Returns the names of the sites that the words select so far. */
function sitesOf(facts: CompletionFacts, words: readonly string[]): readonly string[] {
  const isSite = (word: string) =>
    word === "all" || word in facts.sites || word in facts.groups || /[*?[]|^!/.test(word);
  const end = words.findIndex((word) => !isSite(word));
  const own = end < 0 ? words : words.slice(0, end);
  const wanted = own.filter((word) => !word.startsWith("!"));
  const without = new Set(
    own.filter((word) => word.startsWith("!")).flatMap((word) => named(facts, word.slice(1))),
  );
  const found = (own.length > 0 && wanted.length === 0 ? ["all"] : wanted).flatMap((word) =>
    named(facts, word),
  );
  return [...new Set(found)].filter((name) => !without.has(name));
}

function named(facts: CompletionFacts, word: string, above: readonly string[] = []): readonly string[] {
  if (word === "all") return facts.all;
  if (word in facts.sites) return [word];
  const members = facts.groups[word];
  if (members && !above.includes(word))
    return members.flatMap((member) => named(facts, member, [...above, word]));
  const form = globForm(word);
  return Object.keys(facts.sites).filter((name) => form.test(name));
}

/** Returns the commands that every site has, with the flags of the first site. */
function commonCommands(
  facts: CompletionFacts,
  sites: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const [first = {}, ...others] = sites.map((name) => facts.sites[name] ?? {});
  return new Map(Object.entries(first).filter(([command]) => others.every((other) => command in other)));
}
