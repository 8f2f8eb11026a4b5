import type { DetectedProject } from "./detected-project.ts";

/**
 * Returns lines of comment for settings that the files of a project do not show. An option in them applies as
 * soon as its `#` is removed.
 */
export function sectionComments(
  { start, served, options }: Pick<DetectedProject, "start" | "served" | "options">,
  site: { readonly name: string; readonly path: string; readonly isStarted: boolean },
): readonly string[] {
  const isChecked = options.some(([name]) => name === "verify");
  if (served !== undefined) return servedComments(served, site.path, isChecked);
  if (start === undefined) return [];
  return [
    ...(site.isStarted ? [] : startComments(start, site)),
    "# After each deploy hostout asks this address on the host. A wrong answer rolls the host back.",
    "# Write the port of the site, and remove the first # of this line:",
    "#verify = http://127.0.0.1:8080/ 200",
  ];
}

function startComments(
  before: readonly string[],
  { name, path }: { readonly name: string; readonly path: string },
): readonly string[] {
  const lines = [...before, `systemctl start ${name}`];
  return [
    "# Nothing starts the site yet. Make a service for it on the host, for example with systemd,",
    `# with the working directory ${path}/current. Then remove the first # of these lines:`,
    `#stop-cmd = systemctl stop ${name}`,
    ...(lines.length > 1
      ? ["#start-cmd =", ...lines.map((line) => `#    ${line}`)]
      : [`#start-cmd = ${lines[0]}`]),
  ];
}

function servedComments(served: string, path: string, isChecked: boolean): readonly string[] {
  const folder = [path, "current", served].filter(Boolean).join("/");
  return [
    `# Let a web server on the host serve the folder ${folder}.`,
    `# Then write its address here and remove the first #${isChecked ? ". This check replaces the one above" : ""}:`,
    "#verify = http://127.0.0.1/ 200",
  ];
}
