import { basename, dirname } from "node:path";
import { type Config, formatOrigin, HostoutError, isSecretName, type Origin } from "@hostout/kit";
import { sectionsOfSites } from "./site-sections.ts";

/** A secret in clear text in a configuration file. The secret stays on this machine. */
export interface OwnSecret {
  readonly section: string;
  readonly option: string;
  readonly text: string;
  readonly origin: Origin;
}

/**
 * Returns the secrets of a configuration that no host needs: secrets of sites, such as `password`. If hosts build no
 * buildout, all secrets.
 *
 * @param config the configuration with the hosts, or the one that hosts build
 * @param site the packaged site
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

/** Returns whether a text is a secret in clear: a mere reference to another option is not, but its target is. */
export function isClear(text: string): boolean {
  return text.trim() !== "" && !/^(?:\$\{[^}]*\}\s*)*$/.test(text);
}

/** @throws HostoutError `bad-option` for a secret to which a part refers: the build would miss it */
export function refuseNeeded(production: Config, secrets: readonly OwnSecret[], site: string): void {
  const own = sectionsOfSites(production, site);
  for (const name of production.sectionNames.filter((section) => !own.has(section)))
    for (const option of production.raw(name).keys())
      for (const used of production.references(name, option)) {
        const secret = secrets.find((one) => one.section === used.section && one.option === used.option);
        if (secret === undefined) continue;
        throw new HostoutError({
          code: "bad-option",
          message: `[${name}] ${option} needs [${secret.section}] ${secret.option}, a secret of the site, which stays on this machine`,
          hint: "Keep it in a file on the hosts, and name that file.",
          origin: production.history(name, option).at(-1)?.origin,
        });
      }
}

/** Returns the text of a file without the options that begin in these lines. @param lines numbers, from 1 */
export function withoutOptions(text: string, lines: ReadonlySet<number>): string {
  let isLeft = false;
  return text
    .split(/(?<=\r\n|\n|\r(?!\n))/)
    .filter((line, index) => {
      // A value continues in lines that begin with a blank, and after comments.
      if (!/^\s/.test(line) && !/^[#;]/.test(line)) isLeft = lines.has(index + 1);
      return !isLeft || /^[#;]/.test(line);
    })
    .join("");
}

/** Returns the line numbers of secrets in one file. */
export function linesIn(file: string, secrets: readonly OwnSecret[]): ReadonlySet<number> {
  return new Set(secrets.flatMap(({ origin }) => (origin.file === file ? [origin.line] : [])));
}

/**
 * Returns whether a file may be a copy of another one, from an editor or a person: `hostout.cfg~`, `.hostout.cfg.swp`,
 * `hostout.cfg.old`.
 */
export function isCopyOf(file: string, original: string): boolean {
  return (
    file !== original && dirname(file) === dirname(original) && basename(file).includes(basename(original))
  );
}

/** Returns a line which reports that a secret is not packaged. */
export function leftOut({ section, option, origin }: OwnSecret): string {
  return `[${section}] ${option} (${formatOrigin(origin)}) is a secret and stays on this machine`;
}
