/**
 * What the text of an ssh_config says of a host, as lines like those of `ssh -G`, for machines without ssh: `Host` with
 * patterns, first value wins, identity files add up. `Match` and `Include` are beyond it: what is below a Match is left out.
 */
export function readSshConfig(text: string, host: string): string {
  const found = new Map<string, string[]>();
  let applies = true;
  for (const line of text.split("\n")) {
    const [, key = "", value = ""] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)"?(.*?)"?\s*$/.exec(line) ?? [];
    const name = key.toLowerCase();
    if (name === "host") applies = matchesAny(value.split(/\s+/), host);
    else if (name === "match") applies = false;
    else if (applies && name !== "") {
      const known = found.get(name) ?? [];
      if (known.length === 0 || name === "identityfile") found.set(name, [...known, value]);
    }
  }
  return [...found].flatMap(([key, values]) => values.map((value) => `${key} ${value}`)).join("\n");
}

function matchesAny(patterns: readonly string[], host: string): boolean {
  const forms = patterns.map((pattern) => ({
    not: pattern.startsWith("!"),
    form: new RegExp(
      `^${pattern
        .replace(/^!/, "")
        .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".")}$`,
      "i",
    ),
  }));
  if (forms.some(({ not, form }) => not && form.test(host))) return false;
  return forms.some(({ not, form }) => !not && form.test(host));
}
