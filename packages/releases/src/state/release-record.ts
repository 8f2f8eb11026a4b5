import { formatIni, type IniSections, parseIni } from "./ini-file.ts";

/** What became of a release. `built`: complete, and not yet seen to work. */
export type ReleaseResult = "built" | "ok" | "failed";

/** What is kept of a release on its host, one INI file each. */
export interface ReleaseRecord {
  readonly name: string;
  readonly result: ReleaseResult;
  /** Name of the site in its configuration. */
  readonly site?: string | undefined;
  /** How it came there: `deploy`, `prepare`, `push`, `adopt`. */
  readonly by: string;
  /** ISO 8601, UTC, by the clock of who deployed it. */
  readonly at: string;
  /** `ann@laptop` */
  readonly who: string;
  /** Folder it was deployed from. */
  readonly from: string;
  /** SHA-256 of the package, hexadecimal. */
  readonly package?: string | undefined;
  /** `git 1a2b3c`, with `, edited` where there were edits that were not committed. */
  readonly revision?: string | undefined;
  /** When it was prepared to be activated later, ISO 8601, UTC; undefined where it was not, or was activated since. */
  readonly prepared?: string | undefined;
  /** Who prepared it: `ann@laptop`. */
  readonly preparer?: string | undefined;
  /** The release that was live when it was prepared. */
  readonly beside?: string | undefined;
  /** Why it failed. */
  readonly reason?: string | undefined;
  /** Versions of the development packages in it, by name. */
  readonly packages?: Readonly<Record<string, string>> | undefined;
}

/** What a record keeps of one value, in characters: a check may have printed all of a page. */
const mostCharacters = 4000;

export function formatRecord({ packages, ...release }: ReleaseRecord): string {
  // A value of several lines would be several lines of the file.
  const values = Object.entries(release).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, shortened(onOneLine(value))]],
  );
  const sections: IniSections = { release: Object.fromEntries(values), ...(packages && { packages }) };
  return formatIni(sections);
}

/** Also what a host says: a line end in a value would forge a line of what is told of it. */
function onOneLine(value: string): string {
  return value.replaceAll(/\s+/g, " ");
}

function shortened(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text;
}

/** Reads a record. What is missing in one that somebody wrote by hand is empty; a result that is not known is `built`. */
export function parseRecord(name: string, text: string): ReleaseRecord {
  const { release: written = {}, packages } = parseIni(text);
  const release = Object.fromEntries(Object.entries(written).map(([key, value]) => [key, onOneLine(value)]));
  const { result, by = "", at = "", who = "", from = "" } = release;
  return {
    name,
    result: result === "ok" || result === "failed" ? result : "built",
    site: release.site,
    by,
    at,
    who,
    from,
    package: release.package,
    revision: release.revision,
    prepared: release.prepared,
    preparer: release.preparer,
    beside: release.beside,
    reason: release.reason,
    packages,
  };
}
