import { relative, resolve } from "node:path";
import { HostoutError } from "@hostout/kit";
import type { PackageSettings } from "../package.ts";
import type { Project } from "../project/read-project.ts";
import { readText } from "../replace-file.ts";
import { type Pin, versionsSection } from "./pins.ts";

/** The first line of `formatPins`. */
const writtenForm = /^# Written by hostout\b.*$/m;

/** The comments of zc.buildout and collective.hostout about a picked version. */
const requiredForm = /^#[ \t]*Required by.*$(?:\r?\n#[ \t]*\S+(?:[ \t]+|==)\d\S*[ \t]*$)*/gm;

/** A line of collective.hostout or hostout. hostout writes any value of a configuration. */
const pinForm = /^([\w.-]+)\s*=\s*([^\s#;][^#;]*?)\s*$/;
const writtenPinForm = /^([^\s#;[=]+)\s*=\s*(\S(?:(?!\s;).)*?)\s*$/;

/**
 * Reads the pins of the last package from the versions file. Undefined if the file does not exist.
 * hostout replaces the whole file, so the file may contain only lines of hostout or collective.hostout.
 *
 * @throws HostoutError `bad-option` for a hand-written file
 */
export async function readVersionsFile(
  { folder, config, production }: Project,
  { versionsFile, origins }: Pick<PackageSettings, "versionsFile" | "origins">,
): Promise<readonly Pin[] | undefined> {
  if (!production) return undefined;
  const file = resolve(folder, versionsFile);
  const text = await readText(file);
  if (text === undefined) return undefined;
  const { pins, foreign } = parseVersionsFile(text, versionsSection(production));
  const isExtended = [...config.files, ...production.files].includes(file) && !writtenForm.test(text);
  if (!foreign && !isExtended) return pins;
  const why = foreign ? `${relative(folder, file)}:${foreign}` : "the configuration extends it";
  throw new HostoutError({
    code: "bad-option",
    message: `versions-file = ${versionsFile} would be written over, but it is kept by hand: ${why}`,
    hint: "Give versions-file a name that is free, as in: versions-file = hostoutversions.cfg",
    origin: origins?.versionsFile,
  });
}

/** Reads the pins up to the first line, as `12: text`, that neither hostout nor collective.hostout writes. */
function parseVersionsFile(
  text: string,
  section: string,
): { readonly pins: readonly Pin[]; readonly foreign: string | undefined } {
  const isWritten = writtenForm.test(text);
  const form = isWritten ? writtenPinForm : pinForm;
  // Another section may have pinned versions in production before.
  const isSection = (name: string) =>
    isWritten ? name !== "buildout" : name === "versions" || name === section;
  // The number of lines stays the same, so that each keeps its number.
  const plain = text.replace(writtenForm, "").replace(requiredForm, (lines) => lines.replace(/.+/g, ""));
  const pins: Pin[] = [];
  let isBegun = false;
  for (const [index, line] of plain.split(/\r?\n/).entries()) {
    const [, name, version] = form.exec(line) ?? [];
    const begins = /^\[([^\]:]+)\]\s*$/.exec(line)?.[1];
    if (isBegun && name !== undefined && version !== undefined) pins.push({ name, version });
    else if (!isBegun && begins !== undefined && isSection(begins)) isBegun = true;
    else if (line.trim() !== "") return { pins, foreign: `${index + 1}: ${line.trim()}` };
  }
  return { pins, foreign: undefined };
}
