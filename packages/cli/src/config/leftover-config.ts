import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { openProject, type Project } from "../project/project.ts";
import type { Finding } from "./lint.ts";

/**
 * Finds a hostout.cfg that hides the sites of the buildout.cfg beside it, because hostout reads it first.
 * collective.hostout left such files.
 */
export async function leftoverConfig({ file, config }: Project): Promise<readonly Finding[]> {
  const other = join(dirname(file), "buildout.cfg");
  if (basename(file) !== "hostout.cfg" || !existsSync(other) || config.files.includes(other)) return [];
  // Errors of a file that hostout does not read are not reported.
  const project = await openProject(other, { withoutDead: true }).catch(() => undefined);
  const sites = [...(project?.sites.keys() ?? [])];
  if (sites.length === 0) return [];
  return [
    {
      severity: "warning",
      message: `hostout.cfg is read, and not the buildout.cfg beside it, which has the ${sites.length > 1 ? "sites" : "site"} ${sites.join(", ")}`,
      origin: { file: other, line: 0 },
      hint: "Name the file that is meant: hostout -c buildout.cfg. Or remove hostout.cfg.",
    },
  ];
}
