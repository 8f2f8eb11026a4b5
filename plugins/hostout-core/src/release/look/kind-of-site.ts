import { dirname } from "node:path";
import { findCommand, type Site, type Step } from "@hostout/kit";
import { kindOfProject } from "@hostout/packaging";
import type { Packaged } from "../make/package-site.ts";
import { packagedValue } from "../values/cells.ts";
import type { OnHost } from "../values/release-options.ts";

/**
 * Returns the kind of the package of this run, else the kind of the project. Undefined if a plugin's deploy packages
 * nothing.
 */
export function kindOfSite({ options, resultOf, site }: OnHost): Packaged["kind"] | undefined {
  const packaged = resultOf(packagedValue);
  if (packaged) return packaged.kind;
  if (!packages(site, "deploy")) return undefined;
  return kindOfProject(dirname(site.config), options);
}

/** Whether a step packages. Only the outermost layer with steps counts, because that layer calls none below. */
function packages(site: Site, step: Step): boolean {
  if (typeof step !== "string" && "steps" in step) return step.steps.some((one) => packages(site, one));
  const command = findCommand(site, typeof step === "string" ? step : step.command);
  const steps = command?.layers.find((layer) => layer.command.steps)?.command.steps ?? [];
  return command?.name === "package" || steps.some((one) => packages(site, one));
}
