import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { requireOwnConfig } from "./own-config.ts";
import { plainHostName, type SshKeyword, sshKeyword } from "./ssh-keywords.ts";

/** The values of ssh_config files for a host, as far as hostout reads them itself. */
export interface PlainConfig {
  /** The values as `ssh -G` prints them: the lower-case name, and its values. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Lower-case names of all keywords in the files. Undefined if hostout did not read some of the files. */
  readonly mentioned: ReadonlySet<string> | undefined;
  /** The first line that only ssh can read. Undefined: `values` equals the answer of ssh. */
  readonly beyond: { readonly place: string; readonly text: string } | undefined;
}

/** Keywords whose values add up. For all others the first value counts. */
const adding: ReadonlySet<string> = new Set(["identityfile", "sendenv"]);

const deepest = 16;

/** A line of a file that is neither empty nor a comment. */
interface Line {
  readonly number: number;
  readonly text: string;
  readonly name: string;
  readonly value: string;
  /** The keyword, if hostout reads the line exactly as ssh does. */
  readonly keyword: SshKeyword | undefined;
  /** Whether a Host line is for a host. */
  readonly isFor: (host: string) => boolean;
}

/** Lines of files that were read before. Undefined: the file cannot be read. */
export type ReadFiles = Map<string, readonly Line[] | undefined>;

interface Reading {
  readonly files: ReadFiles;
  readonly host: string;
  readonly home: string;
  readonly values: Map<string, string[]>;
  readonly mentioned: Set<string>;
  isWhole: boolean;
  beyond: PlainConfig["beyond"];
}

/**
 * Reads ssh_config files in order, in a narrow form that leaves nothing to interpret: a keyword and bare words.
 * Everything else is `beyond`: quotes, comments behind values, tokens, `Match`, and keywords that this version does not
 * know.
 *
 * @param given values that count before those of the files
 * @param read keeps the lines of files between calls: a thousand hosts may have a thousand sections
 * @throws HostoutError `bad-config` if others may write to an included file
 */
export function readPlainConfig(
  files: readonly string[],
  host: string,
  { home, given }: { readonly home: string; readonly given: Readonly<Record<string, string>> },
  read: ReadFiles = new Map(),
): PlainConfig {
  const values = new Map(Object.entries(given).map(([name, value]) => [name, [value]]));
  const reading: Reading = {
    ...{ files: read, host, home, values, mentioned: new Set(), isWhole: true, beyond: undefined },
  };
  if (!plainHostName.test(host)) reading.beyond = { place: "the name of the host", text: host };
  for (const file of files) readFile(reading, file, { applies: true, depth: 0 });
  const jump = values.get("proxyjump")?.[0];
  // ssh refuses a host that is its own proxy jump.
  if (jump?.replace(/^.*@|:\d+$/g, "") === (values.get("hostname")?.[0] ?? host))
    leave(reading, "ProxyJump", jump ?? "");
  const { mentioned, beyond, isWhole } = reading;
  return { values, mentioned: isWhole ? mentioned : undefined, beyond };
}

/**
 * @param from `applies`: whether the lines before the first `Host` are for the host. False in a file whose Include line
 * is not for the host
 */
function readFile(
  reading: Reading,
  file: string,
  from: { readonly applies: boolean; readonly depth: number },
): void {
  const lines = linesOf(reading.files, file);
  if (!lines) leave(reading, file, "cannot be read");
  let { applies } = from;
  for (const { number, text, name, value, keyword, isFor } of lines ?? []) {
    reading.mentioned.add(name);
    if (!keyword) {
      leave(reading, `${file}:${number}`, text);
      if (name === "" || name === "include") reading.isWhole = false;
    } else if (keyword.name === "Host") applies = from.applies && isFor(reading.host);
    else if (keyword.name === "Include")
      include(reading, value, { place: `${file}:${number}`, applies, depth: from.depth + 1 });
    else if (applies) put(reading.values, name, value);
  }
}

function linesOf(files: ReadFiles, file: string): readonly Line[] | undefined {
  if (files.has(file)) return files.get(file);
  let lines: readonly Line[] | undefined;
  try {
    lines = readFileSync(file, "utf8").split("\n").flatMap(lineOf);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") lines = [];
  }
  files.set(file, lines);
  return lines;
}

function lineOf(text: string, index: number): readonly Line[] {
  if (/^[ \t]*(?:#.*)?\r?$/.test(text)) return [];
  const [, word = "", value = ""] =
    /^[ \t]*([A-Za-z0-9]+)(?:[ \t]*=[ \t]*|[ \t]+)(.*?)[ \t]*$/.exec(text) ?? [];
  const known = sshKeyword(word);
  const keyword = known?.plain?.test(value) ? known : undefined;
  const patterns = keyword?.name === "Host" ? value.split(/[ \t]+/).map(patternOf) : [];
  const matches = (host: string, negated: boolean) =>
    patterns.some(({ isNegated, isFor }) => isNegated === negated && isFor(host));
  const isFor = (host: string) => !matches(host, true) && matches(host, false);
  return [{ number: index + 1, text: text.trim(), name: word.toLowerCase(), value, keyword, isFor }];
}

function put(values: Map<string, string[]>, name: string, value: string): void {
  const known = values.get(name);
  if (!known) values.set(name, [value]);
  else if (adding.has(name) && !known.includes(value)) known.push(value);
}

function leave(reading: Reading, place: string, text: string): void {
  reading.beyond ??= { place, text };
}

/** A Host line in an included file ends with that file. */
function include(
  reading: Reading,
  pattern: string,
  { place, applies, depth }: { readonly place: string; readonly applies: boolean; readonly depth: number },
): void {
  const [folder, name] = [dirname(pattern.replace(/^~(?=\/)/, () => reading.home)), basename(pattern)];
  if (depth > deepest || folder.includes("*")) {
    reading.isWhole = false;
    leave(reading, place, `Include ${pattern}`);
    return;
  }
  for (const one of filesIn(folder, name)) {
    requireOwnConfig(one);
    readFile(reading, one, { applies, depth });
  }
}

function filesIn(folder: string, name: string): readonly string[] {
  if (!name.includes("*")) return [join(folder, name)];
  const form = formOf(name);
  let found: readonly string[];
  try {
    found = readdirSync(folder);
  } catch {
    return [];
  }
  return found
    .filter((one) => form.test(one) && (name.startsWith(".") || !one.startsWith(".")))
    .sort()
    .map((one) => join(folder, one));
}

function patternOf(pattern: string) {
  const isNegated = pattern.startsWith("!");
  const text = pattern.replace(/^!/, "");
  const form = /[*?]/.test(text) ? formOf(text) : undefined;
  return { isNegated, isFor: (host: string) => (form ? form.test(host) : host === text) };
}

function formOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`);
}
