import type { Drift, DriftList } from "../store/store.ts";
import type { Remaining, Removable } from "./removable.ts";

/** Splits an answer into lines. */
export function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Reads the lines of `switchScript`: names in the way of links, and programs of the release. */
export function parseSwitch(text: string): {
  readonly inTheWay: readonly string[];
  readonly programs: readonly string[];
} {
  const lines = linesOf(text).map((line) => line.split("\t"));
  const of = (kind: string) => lines.flatMap(([first, name = ""]) => (first === kind ? [name] : []));
  return { inTheWay: of("there"), programs: of("program") };
}

/** Reads the lines of `removeScript`. */
export function parseRemaining(text: string, what: readonly Removable[]): readonly Remaining[] {
  const lines = linesOf(text).map((line) => line.split("\t"));
  return what.flatMap((one) => {
    const line = lines.find(([word]) => word === `${one.kind}:${one.name}`);
    if (!line) return [];
    const [, path = one.path, owners = "", said = ""] = line;
    return [{ ...one, path, why: owners ? `files in it belong to ${owners.split(" ").join(", ")}` : said }];
  });
}

/**
 * Reads lines of diff: `<` as it was, `>` as it is now, `?` unknown because the account cannot read the file.
 * A line `+` means that more files differ.
 */
export function parseDrift(text: string): DriftList {
  const lines = linesOf(text);
  const pathsAt = (mark: string) =>
    new Set(lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(2)));
  const before = pathsAt("<");
  const after = pathsAt(">");
  const unreadable = [...pathsAt("?")].map((path): Drift => ({ path, how: "unreadable" }));
  const read = [...new Set([...before, ...after])].map((path): Drift => {
    const how = !before.has(path) ? "added" : after.has(path) ? "changed" : "removed";
    return { path, how };
  });
  return { files: [...read, ...unreadable], isCut: lines.includes("+") };
}
