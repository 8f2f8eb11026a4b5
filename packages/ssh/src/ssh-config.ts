import { globSync, readFileSync } from "node:fs";
import { requireOwnConfig } from "./own-config.ts";

/** What has a meaning beyond the words of a line: other files, conditions, names that are looked up. */
const beyond = /^\s*(?:match|include|canonical\w*|.*%|.*\$\{)/im;

/**
 * The text of ssh_config files, those that they include put in, where {@link readSshConfig} reads it as ssh does; undefined where it does
 * not: that is for `ssh -G`, which costs a process.
 *
 * @throws HostoutError `bad-config` where others may write to one that is included
 */
export function plainSshConfig(files: readonly string[], home: string): string | undefined {
  const texts = files.map((file) => withIncluded(file, home, 0));
  return texts.includes(undefined) ? undefined : texts.join("\nHost *\n");
}

function withIncluded(file: string, home: string, depth: number): string | undefined {
  if (depth > 16) return undefined;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return "";
  }
  const lines = text.split("\n").map((line) => {
    const [, pattern] = /^Include\s+(\/\S+|~\/\S+)\s*$/i.exec(line) ?? [];
    if (pattern === undefined) return beyond.test(line.replace(/^\s*#.*/, "")) ? undefined : line;
    const included = globSync(pattern.replace(/^~(?=\/)/, home)).sort();
    included.forEach(requireOwnConfig);
    const texts = included.map((one) => withIncluded(one, home, depth + 1));
    // What an included file says of a Host ends with it.
    return texts.includes(undefined) ? undefined : texts.join("\nHost *\n");
  });
  return lines.includes(undefined) ? undefined : lines.join("\n");
}

/**
 * What the text of an ssh_config says of a host, as lines like those of `ssh -G`, for machines without ssh: `Host` with
 * patterns, first value wins, identity files add up. `Match` and `Include` are beyond it: what is below a Match is left out.
 */
export function readSshConfig(text: string, host: string): string {
  const found = new Map<string, string[]>();
  let applies = true;
  for (const line of text.split("\n")) {
    const [, key = "", words = ""] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line) ?? [];
    // A command has quotes of its own.
    const value = /^"([^"]*)"$/.exec(words)?.[1] ?? words;
    const name = key.toLowerCase();
    if (name === "host") applies = matchesAny(value.split(/\s+/), host);
    else if (name === "match") applies = false;
    else if (applies && name !== "") {
      const known = found.get(name) ?? [];
      if (known.length === 0 || name === "identityfile") found.set(name, [...known, value]);
    }
  }
  return [...found].flatMap(([key, values]) => values.map((value) => `${key} ${value}`)).join("\n");
}

function matchesAny(patterns: readonly string[], host: string): boolean {
  const forms = patterns.map((pattern) => ({
    not: pattern.startsWith("!"),
    form: new RegExp(
      `^${pattern
        .replace(/^!/, "")
        .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".")}$`,
      "i",
    ),
  }));
  if (forms.some(({ not, form }) => not && form.test(host))) return false;
  return forms.some(({ not, form }) => !not && form.test(host));
}
