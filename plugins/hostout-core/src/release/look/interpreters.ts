import { type CommonContext, cell, isHostoutError, readConfig, textOf } from "@hostout/kit";
import type { OnSite, ReleaseOptions } from "../values/release-options.ts";

const key = cell<string>("hostout-core/interpreter");

/**
 * Returns the interpreter that builds on hosts: the option `python`. If that option names a section of the configuration, its
 * `executable` counts, as with zc.buildout and its recipes (`python = python26`).
 */
export async function hostPython(context: CommonContext<ReleaseOptions, unknown>): Promise<string> {
  const { options, shared, site } = context;
  const { python } = options;
  // No other is written, or a path: nothing is to be looked up.
  if (!site.values.has("python") || python.includes("/")) return python;
  const known = shared.get(key);
  if (known !== undefined) return known;
  const config = await readConfig(site.config, site.readSettings);
  const executable = config.sectionNames.includes(python) ? textOf(config, python, "executable").trim() : "";
  shared.set(key, executable || python);
  return executable || python;
}

/** The interpreter that builds packages on this machine: `local-python`, else that of the hosts where it runs here too, else `python3`. */
export async function localPython(context: OnSite): Promise<string> {
  const { options, local } = context;
  if (options.localPython !== undefined) return options.localPython;
  const python = await hostPython(context);
  return python === "python3" || (await runsHere(local, python)) ? python : "python3";
}

async function runsHere(local: OnSite["local"], python: string): Promise<boolean> {
  try {
    return await local.test([python, "-c", "pass"]);
  } catch (error) {
    if (isHostoutError(error) && error.code === "interrupted") throw error;
    return false;
  }
}
