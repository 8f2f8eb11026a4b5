import { basename, dirname } from "node:path";
import { type Config, formatOrigin, HostoutError, isSecretName, type Origin } from "@hostout/kit";
import { sectionsOfSites } from "./site-sections.ts";

/** A secret in clear in a file of the configuration, which stays on this machine. */
export interface OwnSecret {
  readonly section: string;
  readonly option: string;
  readonly text: string;
  readonly origin: Origin;
}

/**
 * The secrets of a configuration that no host needs: those of sites, as `password`; where hosts build no buildout, all.
 *
 * @param config that with the hosts, or that which hosts build
 * @param site the one that is packaged
 */
export function ownSecrets(
  config: Config,
  { site, isBuildout }: { readonly site: string; readonly isBuildout: boolean },
): readonly OwnSecret[] {
  const ofSites = sectionsOfSites(config, site);
  return config.sectionNames
    .filter((section) => !isBuildout || ofSites.has(section))
    .flatMap((section) =>
      [...config.raw(section).keys()]
        .map((key) => key.replace(/ [-+]$/, ""))
        .filter(isSecretName)
        .flatMap((option) =>
          config
            .history(section, option)
            .filter(({ origin, text }) => origin.line > 0 && isClear(text))
            .map(({ origin, text }): OwnSecret => ({ section, option, text: text.trim(), origin })),
        ),
    );
}

/** What only refers to another option is no secret; that one is. */
export function isClear(text: string): boolean {
  return text.trim() !== "" && !/^(?:\$\{[^}]*\}\s*)*$/.test(text);
}

/** @throws HostoutError `bad-option` for a secret that a part refers to: the build would miss it */
export function refuseNeeded(production: Config, secrets: readonly OwnSecret[], site: string): void {
  const own = sectionsOfSites(production, site);
  for (const name of production.sectionNames.filter((section) => !own.has(section)))
    for (const option of production.raw(name).keys())
      for (const used of production.references(name, option)) {
        const secret = secrets.find((one) => one.section === used.section && one.option === used.option);
        if (secret === undefined) continue;
        throw new HostoutError({
          code: "bad-option",
          message: `[${name}] ${option} needs [${secret.section}] ${secret.option}, which stays on this machine: it is a secret of the site`,
          hint: "Keep it in a file on the hosts, and name that file.",
          origin: production.history(name, option).at(-1)?.origin,
        });
      }
}

/** The text of a file without the options that begin in these lines. @param lines numbers, from 1 */
export function withoutOptions(text: string, lines: ReadonlySet<number>): string {
  let isLeft = false;
  return text
    .split(/(?<=\r\n|\n|\r(?!\n))/)
    .filter((line, index) => {
      // A value goes on in lines that begin with a blank, and after comments.
      if (!/^\s/.test(line) && !/^[#;]/.test(line)) isLeft = lines.has(index + 1);
      return !isLeft || /^[#;]/.test(line);
    })
    .join("");
}

/** Line numbers of secrets in one file. */
export function linesIn(file: string, secrets: readonly OwnSecret[]): ReadonlySet<number> {
  return new Set(secrets.flatMap(({ origin }) => (origin.file === file ? [origin.line] : [])));
}

/** Whether a file may be a copy that an editor or somebody made of another one: `hostout.cfg~`, `.hostout.cfg.swp`, `hostout.cfg.old`. */
export function isCopyOf(file: string, original: string): boolean {
  return (
    file !== original && dirname(file) === dirname(original) && basename(file).includes(basename(original))
  );
}

/** A line that says that a secret is not packaged. */
export function leftOut({ section, option, origin }: OwnSecret): string {
  return `[${section}] ${option} (${formatOrigin(origin)}) is a secret and stays on this machine`;
}
