import { hasUrlSecret, isSecretName } from "@hostout/kit";
import type { Entry } from "../entries/entry.ts";
import { readContent } from "../entries/read-content.ts";

/**
 * Returns the entries of a package, with configurations that hold a secret readable for the owner of the site alone.
 * @param paths of configuration files
 */
export function closeSecrets(
  entries: readonly Entry[],
  paths: ReadonlySet<string>,
): Promise<readonly Entry[]> {
  return Promise.all(
    entries.map(async (entry): Promise<Entry> => {
      if (!paths.has(entry.path) || entry.readers === "owner") return entry;
      if ("link" in entry.content || "folder" in entry.content) return entry;
      const text = (await readContent(entry.content)).toString("utf8");
      return holdsSecret(text) ? { ...entry, readers: "owner" } : entry;
    }),
  );
}

/** Matches an option with a secret's name, and a value on its line or the next that is not just a reference to another option. */
const optionForm = /^([^\s=:#;[]+)[^\S\n]*[-+]?[=:]\s*(?!\s|\$\{[^}]*\}\s*$)(?=\S)/gm;

function holdsSecret(text: string): boolean {
  return hasUrlSecret(text) || [...text.matchAll(optionForm)].some(([, name = ""]) => isSecretName(name));
}
