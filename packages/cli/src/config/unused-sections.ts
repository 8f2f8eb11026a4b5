import type { Config } from "@hostout/config";
import type { Project } from "../project/project.ts";
import type { Finding } from "./lint.ts";

/** The sections that buildout, its usual extensions or hostout read by name. */
const known = ["buildout", "versions", "hostout", "sources", "remotes", "branches", "environment"];

/**
 * Finds sections that no site, part, group, reference or other section names. Each word of `[buildout]` counts
 * as a name.
 */
export function unusedSections(project: Project): readonly Finding[] {
  const { config, sites, groups, broken, hostless, file } = project;
  // A section without a host has its own finding.
  const used = new Set([...known, ...sites.keys(), ...groups.keys(), ...broken.keys(), ...hostless]);
  for (const section of config.sectionNames) {
    for (const [option, text] of config.raw(section)) {
      for (const { section: name } of config.references(section, option))
        if (name !== section) used.add(name);
      for (const name of namesIn(section, option, text)) used.add(name);
    }
  }
  return config.sectionNames
    .filter((name) => !used.has(name))
    .map((name) => ({
      severity: "warning",
      message: `nothing uses the section [${name}]`,
      origin: originOf(config, name) ?? { file, line: 0 },
      hint: "Name it in parts, extends, <= or a reference, or take it out.",
    }));
}

/** Returns the names of sections in an option, if the option is one that names sections. */
function namesIn(section: string, option: string, text: string): readonly string[] {
  if (section === "buildout" || option === "extends" || option === "<part-dependencies>")
    return text.split(/\s+/);
  return /^< ?\+?$/.test(option) ? text.split("\n").map((line) => line.trim()) : [];
}

function originOf(config: Config, name: string) {
  const [first] = config.raw(name).keys();
  return first === undefined ? undefined : config.history(name, first.replace(/ [-+]$/, ""))[0]?.origin;
}
