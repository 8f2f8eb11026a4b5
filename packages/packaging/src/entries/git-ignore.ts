import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { unreadable } from "@hostout/scm";
import { globSource } from "./file-pattern.ts";

/** One line of a `.gitignore`. */
interface IgnoreRule {
  /** Matches a path below the folder of the file. */
  readonly form: RegExp;
  readonly foldersOnly: boolean;
  /** False: `!line`, which cancels an earlier line. */
  readonly ignores: boolean;
}

/** The lines of the `.gitignore` of one folder. */
export interface IgnoreFile {
  /** The folder, absolute, with `/` at its end. */
  readonly base: string;
  readonly rules: readonly IgnoreRule[];
}

/**
 * Reads the `.gitignore` of a folder, if it has one. @param folder absolute @throws HostoutError `failed` if the file
 * is unreadable
 */
export async function readIgnoreFile(folder: string): Promise<readonly IgnoreFile[]> {
  const file = join(folder, ".gitignore");
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    // git ignores a folder of that name too.
    if (cause.code === "ENOENT" || cause.code === "EISDIR") return undefined;
    throw unreadable(file, cause);
  });
  return text === undefined ? [] : [{ base: `${folder}/`, rules: text.split(/\r?\n/).flatMap(ruleOf) }];
}

/**
 * Returns whether git would ignore a path. @param files those of the folders above it, the outermost first @param path
 * absolute
 */
export function isGitIgnored(files: readonly IgnoreFile[], path: string, isFolder: boolean): boolean {
  for (const { base, rules } of files.toReversed()) {
    const inner = path.slice(base.length);
    const rule = rules.findLast(({ form, foldersOnly }) => (isFolder || !foldersOnly) && form.test(inner));
    if (rule) return rule.ignores;
  }
  return false;
}

/** Reads a line as gitignore(5) defines it: a `/` before the end binds a pattern to the folder of its file. */
function ruleOf(line: string): readonly IgnoreRule[] {
  const text = line.replace(/(?<!\\)\s+$/, "");
  if (text === "" || text.startsWith("#")) return [];
  const ignores = !text.startsWith("!");
  const pattern = text.replace(/^!/, "").replace(/^\\(?=[#!])/, "");
  const body = pattern.replace(/\/+$/, "");
  if (body === "") return [];
  const start = body.includes("/") ? "^" : "^(?:.*/)?";
  const source = globSource(body.replace(/^\/+/, "").replaceAll(/\\(.)/g, "$1"));
  try {
    return [{ form: new RegExp(`${start}${source}$`, "s"), foldersOnly: pattern.endsWith("/"), ignores }];
  } catch {
    // git, too, skips an invalid pattern.
    return [];
  }
}
