import { hideUrlSecrets, isSecretName, urlSecretsIn } from "@hostout/config";
import { type Emit, type Event, iniName, type Site } from "@hostout/kit";

/** The least length of a secret. Shorter ones occur as words in any output. */
const shortest = 4;

/**
 * The least length of a secret in a URL, which may have the password `test`. Within the URL itself, a shorter
 * one is hidden too.
 */
const shortestOfAddress = 8;

/** Returns the values of secret options of sites, and the passwords and tokens of URLs in options and words. */
export function secretsOf(sites: Iterable<Site>, words: readonly string[] = []): readonly string[] {
  const found = new Set<string>(words.flatMap(ofAddresses));
  for (const { plugins, values, secrets = [] } of sites) {
    const declared = plugins.flatMap(({ options }) =>
      Object.entries(options).flatMap(([name, { secret, aliases }]) =>
        secret ? [iniName(name), ...aliases] : [],
      ),
    );
    for (const { text } of values.values()) for (const secret of ofAddresses(text)) found.add(secret);
    const named = [...values].filter(([name]) => isSecretName(name) || declared.includes(name));
    for (const text of [...secrets, ...named.map(([, value]) => value.text)])
      for (const line of text.split("\n")) if (line.trim().length >= shortest) found.add(line.trim());
  }
  // The longest come first, so that a secret which starts with another is replaced as a whole.
  return [...found].sort((one, other) => other.length - one.length);
}

function ofAddresses(text: string): readonly string[] {
  return urlSecretsIn(text).filter(({ length }) => length >= shortestOfAddress);
}

/**
 * Returns an emitter that removes secrets from events. A host may echo a password, and an error may quote a
 * line or a URL with a token.
 */
export function maskSecrets(emit: Emit, secretsNow: () => readonly string[]): Emit {
  // In JSON, some secrets have escapes.
  let known: { readonly secrets: readonly string[]; readonly inJson: readonly string[] } | undefined;
  const all = () => {
    const secrets = secretsNow();
    if (known?.secrets !== secrets)
      known = { secrets, inJson: secrets.map((secret) => JSON.stringify(secret).slice(1, -1)) };
    return known;
  };
  const isTold = (text: string, among: readonly string[]) =>
    text.includes("://") || among.some((secret) => text.includes(secret));
  return (event) => {
    const { secrets, inJson } = all();
    const isSecret =
      event.type === "output" ? isTold(event.line, secrets) : isTold(JSON.stringify(event), inJson);
    emit(isSecret ? (hideIn(event, (text) => hideAll(text, secrets)) as Event) : event);
  };
}

/** Returns data of sites without the values of their secret options, wherever those occur. */
export function withoutSecrets<T>(data: T, sites: Iterable<Site>): T {
  const secrets = secretsOf(sites);
  return hideIn(data, (text) => hideAll(text, secrets)) as T;
}

const hideAll = (text: string, secrets: readonly string[]) =>
  secrets.reduce((masked, secret) => masked.replaceAll(secret, "***"), hideUrlSecrets(text));

/** The keys of texts that people and programs wrote. Names of sites and hosts stay unchanged. */
const told: ReadonlySet<string> = new Set(["line", "note", "message", "hint", "value", "rows", "args"]);

function hideIn(value: unknown, hide: (text: string) => string, isTold = false): unknown {
  if (typeof value === "string") return isTold ? hide(value) : value;
  if (Array.isArray(value)) return value.map((one) => hideIn(one, hide, isTold));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, hideIn(one, hide, isTold || told.has(key))]),
  );
}
