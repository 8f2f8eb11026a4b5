import { hideUrlSecrets, isSecretName, urlSecretsIn } from "@hostout/config";
import { type Emit, type Event, iniName, type Site } from "@hostout/kit";

/** Shorter ones are words of any output. */
const shortest = 4;

/** Of an address: it may have the password `test`. Where the address itself is told, it is hidden all the same. */
const shortestOfAddress = 8;

/** The values of a site's secret options, and the passwords and tokens of addresses in its options and in the words of a line. */
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
  // A secret that begins with another is replaced whole.
  return [...found].sort((one, other) => other.length - one.length);
}

function ofAddresses(text: string): readonly string[] {
  return urlSecretsIn(text).filter(({ length }) => length >= shortestOfAddress);
}

/**
 * Hands events on without the secrets that somebody wrote into them: a host that echoes its password, an error that quotes a line, an
 * address with a token.
 */
export function maskSecrets(emit: Emit, secrets: readonly string[]): Emit {
  const hide = (text: string) => hideAll(text, secrets);
  // JSON has other signs for some of them.
  const inJson = secrets.map((secret) => JSON.stringify(secret).slice(1, -1));
  const isTold = (text: string, among: readonly string[]) =>
    text.includes("://") || among.some((secret) => text.includes(secret));
  return (event) => {
    const isSecret =
      event.type === "output" ? isTold(event.line, secrets) : isTold(JSON.stringify(event), inJson);
    emit(isSecret ? (hideIn(event, hide) as Event) : event);
  };
}

/** Data of sites without the values of their secret options, wherever they went into. */
export function withoutSecrets<T>(data: T, sites: Iterable<Site>): T {
  const secrets = secretsOf(sites);
  return hideIn(data, (text) => hideAll(text, secrets)) as T;
}

const hideAll = (text: string, secrets: readonly string[]) =>
  secrets.reduce((masked, secret) => masked.replaceAll(secret, "***"), hideUrlSecrets(text));

/** What people and programs wrote; names of sites and hosts stay as they are. */
const told: ReadonlySet<string> = new Set(["line", "note", "message", "hint", "value", "rows", "args"]);

function hideIn(value: unknown, hide: (text: string) => string, isTold = false): unknown {
  if (typeof value === "string") return isTold ? hide(value) : value;
  if (Array.isArray(value)) return value.map((one) => hideIn(one, hide, isTold));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, hideIn(one, hide, isTold || told.has(key))]),
  );
}
