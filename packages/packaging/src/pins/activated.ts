import { join } from "node:path";
import { readText } from "../replace-file.ts";

/** What mr.developer was told by `bin/develop` of each package: it holds for this machine alone. */
export async function activatedHere(project: string): Promise<ReadonlyMap<string, boolean>> {
  const text = (await readText(join(project, ".mr.developer.cfg"))) ?? "";
  const [, section = ""] = /^\[develop\][^\n]*\n((?:(?!\[).*(?:\n|$))*)/m.exec(text) ?? [];
  // `auto` is what auto-checkout says.
  const lines = [...section.matchAll(/^([^\s#;=:][^=:\n]*?)\s*[=:]\s*(true|false)\s*$/gim)];
  return new Map(lines.map(([, name = "", word = ""]) => [name, word.toLowerCase() === "true"]));
}
