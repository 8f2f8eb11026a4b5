import { nearMiss, type Origin } from "@hostout/config";
import { ownTransports } from "../machine/transport.ts";
import {
  iniName,
  type OptionDeclaration,
  type OptionDeclarations,
  type OptionValues,
} from "../plugin/option.ts";
import type { Plugin } from "../plugin/plugin.ts";
import { readSecretReference } from "../plugin/secret-source.ts";
import { HostoutError, isHostoutError } from "../run/hostout-error.ts";
import type { Site } from "./site.ts";
import { defaultOf, type SiteOptions, siteOptions } from "./site-options.ts";

/**
 * Returns the options of a site by their names in code: its own, and those of `plugin` if given.
 *
 * {@link checkSite} reports wrong values at once. An unset option without a default throws only on reading,
 * so that a command which does not need it still runs.
 */
export function readOptions(site: Site): SiteOptions;
export function readOptions<O extends OptionDeclarations>(
  site: Site,
  declarations: O,
): OptionValues<O> & SiteOptions;
export function readOptions(site: Site, declarations: OptionDeclarations = none): object {
  const known = ofSites.get(site) ?? new WeakMap<OptionDeclarations, object>();
  ofSites.set(site, known);
  const values = known.get(declarations) ?? optionsOf(site, declarations);
  known.set(declarations, values);
  return values;
}

const none: OptionDeclarations = {};

/** Each command on each host reads the options of its site, which are some hundred getters. */
const ofSites = new WeakMap<Site, WeakMap<OptionDeclarations, object>>();

function optionsOf(site: Site, declarations: OptionDeclarations): object {
  const values = {};
  const all: OptionDeclarations = { ...siteOptions, ...declarations };
  for (const [name, declaration] of Object.entries(all)) {
    Object.defineProperty(values, name, { enumerable: true, get: () => readOption(site, name, declaration) });
  }
  return values;
}

/**
 * Reads one option.
 *
 * @throws HostoutError `bad-option` with the place of the value, or of the section if it is not set
 */
function readOption<T>(site: Site, name: string, declaration: OptionDeclaration<T>): T | undefined {
  const key = [iniName(name), ...declaration.aliases].find((known) => site.values.has(known));
  const value = key === undefined ? undefined : site.values.get(key);
  // An empty value, such as `bootstrap-python =`, unsets the value of an inherited section.
  const text =
    value?.text ||
    (value && declaration.optional ? undefined : (value?.text ?? defaultOf(site, declaration)));
  if (text === undefined) {
    if (declaration.optional) return undefined;
    throw missingOption(site, name, declaration);
  }
  if (hasComment(declaration, text)) throw notAComment(site, key ?? iniName(name), value?.origin);
  try {
    return declaration.parse(text, site);
  } catch (error) {
    const own = isHostoutError(error) && !declaration.secret ? error.hint : undefined;
    const example =
      declaration.example === undefined
        ? `It is ${declaration.summary}.`
        : `For example: ${iniName(name)} = ${declaration.example}`;
    throw new HostoutError({
      code: "bad-option",
      message: `[${site.name}] ${key ?? iniName(name)}: ${declaration.secret ? `is no ${declaration.label}` : (error as Error).message}`,
      hint: own ?? example,
      origin: value?.origin ?? site.origin,
      cause: error,
    });
  }
}

/**
 * Whether a value contains text that its author probably meant as a comment. Command lines may contain shell
 * comments, and secrets may contain any characters.
 */
function hasComment({ type, secret }: OptionDeclaration, text: string): boolean {
  return type !== "lines" && !secret && /(?:^|\s)#(?:\s|$)|^#/.test(text);
}

function notAComment(site: Site, key: string, origin: Origin | undefined): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `[${site.name}] ${key}: the comment after # belongs to the value`,
    hint: "Write the comment on a line of its own, with # in the first column.",
    origin: origin ?? site.origin,
  });
}

function missingOption(site: Site, name: string, declaration: OptionDeclaration): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `[${site.name}] has no option '${iniName(name)}': ${declaration.summary}`,
    hint: `Add to the section: ${iniName(name)} = ${declaration.example ?? "…"}`,
    origin: site.origin,
  });
}

/** An error in a site, or (as a warning) a probable mistake. */
export interface Finding {
  readonly error: HostoutError;
  readonly severity: "error" | "warning";
}

/** Finds all mistakes in a site's options at once: invalid values, misspelled names, old names. */
export function checkSite(site: Site): readonly Finding[] {
  const declarations: Record<string, OptionDeclaration> = { ...siteOptions };
  for (const plugin of site.plugins) Object.assign(declarations, plugin.options);
  const findings: Finding[] = [];
  for (const [name, declaration] of Object.entries(declarations)) {
    const set = [iniName(name), ...declaration.aliases].filter((known) => site.values.has(known));
    if (set.length === 0) continue;
    if (new Set(set.map((key) => site.values.get(key)?.text)).size > 1)
      findings.push({ error: setTwice(site, set), severity: "error" });
    // A run reads the secret before it reads the option.
    if (set.some((key) => readSecretReference(site.values.get(key)?.text ?? ""))) continue;
    try {
      readOption(site, name, declaration);
    } catch (error) {
      findings.push({ error: error as HostoutError, severity: "error" });
    }
  }
  findings.push(...transportFindings(site));
  const known = Object.entries(declarations).flatMap(([name, { aliases }]) => [iniName(name), ...aliases]);
  for (const [key, value] of site.values) {
    const warn = (message: string, hint: string) =>
      findings.push({
        severity: "warning",
        error: new HostoutError({
          code: "bad-option",
          message: `[${site.name}] ${message}`,
          hint,
          origin: value.origin,
        }),
      });
    const renamed = Object.entries(declarations).find(([, { aliases }]) => aliases.includes(key));
    if (renamed) warn(`'${key}' is an old name`, `Write '${iniName(renamed[0])}'.`);
    else if (!known.includes(key)) {
      const near = nearMiss(key, known);
      if (near !== undefined) warn(`no plugin of the site reads '${key}'`, `Did you mean '${near}'?`);
    }
  }
  return findings;
}

/** Finds a transport that neither hostout nor a plugin of the site has. */
function transportFindings(site: Site): readonly Finding[] {
  const value = site.values.get("transport");
  const names = [...ownTransports, ...site.plugins.flatMap(({ transports = {} }) => Object.keys(transports))];
  if (!value?.text || names.includes(value.text)) return [];
  const error = new HostoutError({
    code: "bad-option",
    message: `[${site.name}] transport: '${value.text}' is none of ${names.join(", ")}`,
    hint: "Correct the name, or add the plugin that has this transport to 'plugins'.",
    origin: value.origin,
  });
  return [{ error, severity: "error" }];
}

/**
 * Makes the error for an option and its old name with two values. hostout cannot know which value the user
 * meant.
 */
function setTwice(site: Site, [name = "", ...others]: readonly string[]): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `[${site.name}] sets '${name}' and '${others.join("', '")}', which are one option, to different values`,
    hint: `Keep '${name}', and take '${others.join("', '")}' out.`,
    origin: site.values.get(others[0] ?? name)?.origin ?? site.origin,
  });
}

/** Makes an error for each required option of a command of `plugin` that the site does not set. */
export function missingNeeds(site: Site, plugin: Plugin, needs: readonly string[]): readonly HostoutError[] {
  return needs.flatMap((name) => {
    const all: OptionDeclarations = { ...siteOptions, ...plugin.options };
    const declaration = all[name];
    if (!declaration || declaration.default !== undefined) return [];
    const set = [iniName(name), ...declaration.aliases].some(
      (known) => (site.values.get(known)?.text ?? "") !== "",
    );
    return set ? [] : [missingOption(site, name, declaration)];
  });
}
