/** The system of a host, as its /etc/os-release describes it. */
export interface System {
  /** The system and those that it resembles, the nearest first: `ubuntu`, `debian`. Lower case. */
  readonly ids: readonly string[];
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string;
}

/** Parses the text of /etc/os-release (os-release(5)): lines of a shell that only assign. */
export function parseOsRelease(text: string): System {
  const values = new Map(
    text.split("\n").flatMap((line) => {
      const [, name, value] = /^\s*([A-Z][A-Z0-9_]*)=(.*?)\s*$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, unquoted(value ?? "")] as const];
    }),
  );
  const id = values.get("ID") ?? "linux";
  const like = (values.get("ID_LIKE") ?? "").split(/\s+/);
  const ids = [id, ...like].map((one) => one.toLowerCase()).filter((one) => /^[a-z0-9._-]+$/.test(one));
  return { ids: [...new Set(ids)], name: values.get("PRETTY_NAME") ?? values.get("NAME") ?? id };
}

function unquoted(value: string): string {
  const [, inner] = /^'([^']*)'$/.exec(value) ?? [];
  if (inner !== undefined) return inner;
  return (/^"(.*)"$/.exec(value)?.[1] ?? value).replaceAll(/\\(.)/g, "$1");
}
