import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { unreadable } from "@hostout/scm";
import { globSource } from "./file-pattern.ts";

/** One line of a `.gitignore`. */
interface IgnoreRule {
  /** Of a path below the folder of the file. */
  readonly form: RegExp;
  readonly foldersOnly: boolean;
  /** False: `!line`, which takes back what a line before it ignores. */
  readonly ignores: boolean;
}

/** The lines of the `.gitignore` of one folder. */
export interface IgnoreFile {
  /** The folder, absolute, with `/` at its end. */
  readonly base: string;
  readonly rules: readonly IgnoreRule[];
}

/** The `.gitignore` of a folder, if it has one. @param folder absolute @throws HostoutError `failed` where it cannot be read */
export async function readIgnoreFile(folder: string): Promise<readonly IgnoreFile[]> {
  const file = join(folder, ".gitignore");
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    // A folder of that name says nothing to git either.
    if (cause.code === "ENOENT" || cause.code === "EISDIR") return undefined;
    throw unreadable(file, cause);
  });
  return text === undefined ? [] : [{ base: `${folder}/`, rules: text.split(/\r?\n/).flatMap(ruleOf) }];
}

/** Whether git would ignore a path. @param files those of the folders above it, the outermost first @param path absolute */
export function isGitIgnored(files: readonly IgnoreFile[], path: string, isFolder: boolean): boolean {
  for (const { base, rules } of files.toReversed()) {
    const inner = path.slice(base.length);
    const rule = rules.findLast(({ form, foldersOnly }) => (isFolder || !foldersOnly) && form.test(inner));
    if (rule) return rule.ignores;
  }
  return false;
}

/** As gitignore(5) has it: a `/` before the end binds a pattern to the folder of its file. */
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
    // Git, too, passes over what is no pattern.
    return [];
  }
}
