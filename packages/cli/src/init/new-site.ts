import type { Project } from "../project/project.ts";
import type { Answers } from "./answers.ts";
import type { DetectedProject } from "./detected-project.ts";
import type { NewSite } from "./init-files.ts";
import { sectionComments } from "./site-section.ts";

/** The known facts about the project of a new site. */
export interface About {
  readonly plugins: string | undefined;
  readonly detected: DetectedProject | undefined;
  readonly project: Project | undefined;
}

/** Returns the section of a new site. */
export function newSite(answers: Answers, { plugins, detected, project }: About): NewSite {
  const { site, host, path, user, restart, environment, "effective-user": owner } = answers;
  const isPushed = /pushdeploy/.test(plugins ?? "");
  const isBuildout = detected?.kind === "buildout" || project?.config.isBuildout;
  const options: readonly (readonly [string, string | undefined])[] = [
    // Beside [buildout], a section is a site if it has hostout's recipe.
    ["recipe", isBuildout && plugins === undefined ? "collective.hostout" : undefined],
    ["extends", plugins],
    ["host", host],
    ["path", path],
    ["user", user],
    ["effective-user", owner],
    ...(detected?.options ?? []),
    [isPushed ? "restart" : "start-cmd", restart],
    ["environment", environment],
  ];
  return {
    name: site,
    options: options.flatMap(([name, text]) => (text ? [[name, text] as const] : [])),
    comments: detected
      ? sectionComments(detected, { name: site, path, isStarted: restart !== undefined })
      : [],
  };
}
