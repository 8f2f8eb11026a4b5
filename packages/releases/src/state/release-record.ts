import { formatIni, type IniSections, parseIni } from "./ini-file.ts";

/** The result of a release. `built`: complete, but not yet checked. */
export type ReleaseResult = "built" | "ok" | "failed";

/** The record of a release on its host: one INI file for each release. */
export interface ReleaseRecord {
  readonly name: string;
  readonly result: ReleaseResult;
  /** Name of the site in its configuration. */
  readonly site?: string | undefined;
  /** The command that made the release: `deploy`, `prepare`, `push`, `adopt`. */
  readonly by: string;
  /** ISO 8601, UTC, by the clock of the machine that ran hostout. */
  readonly at: string;
  /** For example `ann@laptop`. */
  readonly who: string;
  /** The project folder from which the release was deployed. */
  readonly from: string;
  /** SHA-256 of the package, hexadecimal. */
  readonly package?: string | undefined;
  /** For example `git 1a2b3c`, with `, edited` if the working copy had uncommitted edits. */
  readonly revision?: string | undefined;
  /** Time of the preparation, ISO 8601, UTC. Undefined unless the release is prepared and still waits for its activation. */
  readonly prepared?: string | undefined;
  /** The user and machine that prepared the release: `ann@laptop`. */
  readonly preparer?: string | undefined;
  /** The release that was live at the time of the preparation. */
  readonly beside?: string | undefined;
  /** The reason of the failure. */
  readonly reason?: string | undefined;
  /** Versions of the development packages in the release, by name. */
  readonly packages?: Readonly<Record<string, string>> | undefined;
}

/** The longest value in a record, in characters: a check may have printed a whole page. */
const mostCharacters = 4000;

export function formatRecord({ packages, ...release }: ReleaseRecord): string {
  // A value of several lines would become several lines of the file.
  const values = Object.entries(release).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, shortened(onOneLine(value))]],
  );
  const sections: IniSections = { release: Object.fromEntries(values), ...(packages && { packages }) };
  return formatIni(sections);
}

/** Puts a value on one line, also a value from a host: a line end in it would forge a line of a report. */
function onOneLine(value: string): string {
  return value.replaceAll(/\s+/g, " ");
}

function shortened(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text;
}

/** Reads a record. Missing values of a hand-written record are empty, and an unknown result is `built`. */
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
