import { join } from "node:path";
import { readText } from "../replace-file.ts";

/** Returns the packages that `bin/develop` of mr.developer activated or deactivated. Its choices hold for this machine alone. */
export async function activatedHere(project: string): Promise<ReadonlyMap<string, boolean>> {
  const text = (await readText(join(project, ".mr.developer.cfg"))) ?? "";
  const [, section = ""] = /^\[develop\][^\n]*\n((?:(?!\[).*(?:\n|$))*)/m.exec(text) ?? [];
  // `auto` repeats the option auto-checkout.
  const lines = [...section.matchAll(/^([^\s#;=:][^=:\n]*?)\s*[=:]\s*(true|false)\s*$/gim)];
  return new Map(lines.map(([, name = "", word = ""]) => [name, word.toLowerCase() === "true"]));
}
