import { dirname } from "node:path";
import { isPlannedList, type PlannedStep, planCommand } from "@hostout/kit";
import { kindOfProject } from "../../package/read-project.ts";
import type { Packaged } from "../make/package-site.ts";
import type { OnHost } from "../release-options.ts";

/**
 * What was packaged in this run; else what would be, as far as a look at the project tells. Undefined where plugins bring the site a
 * deploy that packages nothing.
 */
export function kindOfSite({ options, resultOf, site }: OnHost): Packaged["kind"] | undefined {
  const packaged = resultOf("package") as Packaged | undefined;
  if (packaged) return packaged.kind;
  if (!packages(planCommand(site, "deploy", { args: [] }))) return undefined;
  return kindOfProject(dirname(site.config), options);
}

/** The outermost layer with steps is what a command does: it calls none below. */
function packages(step: PlannedStep): boolean {
  if (isPlannedList(step)) return step.steps.some(packages);
  return (
    step.name === "package" ||
    (step.layers.find(({ form }) => form === "steps")?.steps.some(packages) ?? false)
  );
}
