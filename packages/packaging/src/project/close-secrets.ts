import { hasUrlSecret, isSecretName } from "@hostout/kit";
import type { Entry } from "../entries/entry.ts";
import { readContent } from "../entries/read-content.ts";

/** Entries of a package, where a configuration that holds a secret is for the owner of the site alone. @param paths of files of configurations */
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

/** An option of a secret's name with a value on its line or the next, which is more than a reference to another option. */
const optionForm = /^([^\s=:#;[]+)[^\S\n]*[-+]?[=:]\s*(?!\s|\$\{[^}]*\}\s*$)(?=\S)/gm;

function holdsSecret(text: string): boolean {
  return hasUrlSecret(text) || [...text.matchAll(optionForm)].some(([, name = ""]) => isSecretName(name));
}
