import { type AnyCommand, commandsOf, type Site } from "@hostout/kit";
import type { Project } from "../project/project.ts";
import type { SiteSection } from "../project/site-section.ts";
import type { Style } from "../show/style.ts";
import { topics } from "../topics.ts";
import { globalFlagHelp } from "./global-flag-help.ts";

/** Returns the text of `hostout` alone: the sites of the project and the commands of hostout. */
export function listProject(project: Project | undefined, style: Style): string {
  const lines = [`${style.bold("hostout")} SITE… [COMMAND… [ARGUMENT…]]`, ""];
  if (project) {
    lines.push(`Sites of ${project.file}:`, ...columns([...project.sites.values()].map(siteRow)));
    if (project.sites.size + project.hostless.length === 0) lines.push("  none; add one: hostout init");
    for (const name of project.hostless) {
      const { message, hint } = project.whyNoSite(name)!;
      lines.push(`  ${message}`, `    try: ${hint}`);
    }
    if (project.groups.size > 0) {
      lines.push(
        "",
        "Groups:",
        ...columns([...project.groups].map(([name, members]) => [name, members.join(" ")])),
      );
    }
    for (const [name, error] of project.broken)
      lines.push("", style.yellow(`[${name}] cannot be read: ${error.message}`));
    const example = [...project.sites.keys()][0] ?? "SITE";
    lines.push(
      "",
      `'hostout ${example}' lists the commands of a site, 'hostout all COMMAND' does it for all.`,
    );
  } else
    lines.push("Where a hostout.cfg or buildout.cfg can be read, here or above, its sites are listed too.");
  lines.push(
    "",
    "Commands of hostout itself:",
    ...columns([...topics]),
    "",
    "Flags:",
    ...columns(globalFlagHelp),
  );
  return `${lines.join("\n")}\n`;
}

function siteRow({ name, values }: SiteSection): readonly string[] {
  const text = (key: string) => values.get(key)?.text.split(/\s+/).filter(Boolean).join(" ") ?? "";
  return [name, text("host"), text("path"), text("extends")];
}

/** Returns the text of `hostout SITE`: its commands, with their plugins and overrides. */
export function listSite(site: Site, style: Style): string {
  const rows = [...commandsOf(site).values()].map(({ name, layers }) => {
    const names = [name, ...layers.flatMap(({ command }) => command.aliases ?? [])].join(", ");
    const [outer, ...below] = layers.map(({ plugin }) => plugin.name);
    const who = below.length === 0 ? outer : `${outer} over ${below.join(" over ")}`;
    return [names, summaryOf(layers.map(({ command }) => command)), `(${who})`];
  });
  const hosts = site.hosts.map(({ name, port }) => (port === undefined ? name : `${name}:${port}`)).join(" ");
  const lines = [
    `${style.bold(site.name)} on ${hosts}, as ${site.origin.file}:${site.origin.line} says`,
    "",
    "Commands:",
    ...columns(rows),
    "",
    `'hostout ${site.name} COMMAND --help' explains one of them.`,
  ];
  return `${lines.join("\n")}\n`;
}

/** Returns the summary of a command. An override without a summary keeps the summary of the command below. */
export function summaryOf(layers: readonly AnyCommand[]): string {
  return layers.find(({ summary }) => summary)?.summary ?? "";
}

/**
 * Formats rows in columns, two blanks apart. A terminal wraps the last column at words. If little width is left
 * for it, it starts on its own line.
 *
 * @param width of the terminal in characters; if undefined, the last column is not wrapped
 */
export function columns(
  rows: readonly (readonly string[])[],
  width = process.stdout.isTTY ? process.stdout.columns : undefined,
): readonly string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  const indent = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 2);
  return rows.flatMap((row) => {
    const padded = row.map((cell, index) => cell.padEnd(widths[index]!));
    const whole = `  ${padded.join("  ").trimEnd()}`;
    if (width === undefined || whole.length <= width || row.length < widths.length) return [whole];
    const first = `  ${padded.slice(0, -1).join("  ")}`;
    const isNarrow = width - indent < 24;
    const lines = wrapped(row.at(-1)!, width - (isNarrow ? 6 : indent));
    if (isNarrow) return [first.trimEnd(), ...lines.map((line) => `      ${line}`)];
    return lines.map((line, index) => `${index === 0 ? `${first}  ` : " ".repeat(indent)}${line}`);
  });
}

/** Splits a text into lines, and wraps them at words in a terminal. */
export function paragraph(
  text: string,
  width = process.stdout.isTTY ? process.stdout.columns : undefined,
): readonly string[] {
  return text.split("\n").flatMap((line) => (width === undefined ? [line] : wrapped(line, width)));
}

/** Wraps a text at words into lines of at most `width` characters. A longer word stays whole. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
