import { HostoutError, type Outcome } from "@hostout/kit";
import { scmOf } from "@hostout/scm";
import type { OnStaging } from "../options.ts";
import { goTo, refuseDash } from "./go-to.ts";
import { isPretended, stagingPath } from "./staging.ts";
import { onStaging } from "./staging-lock.ts";

/**
 * Updates the staged checkout to the newest revision of a branch. Refuses edits by hand, which the original
 * lost.
 */
export async function update(
  context: OnStaging<{ readonly branch: string | undefined; readonly force: boolean }>,
): Promise<Outcome> {
  const staged = await stagingPath(context);
  return onStaging(context, staged, async () => {
    const { args, site } = context;
    refuseDash("branch", args.branch ?? "");
    const builder = context.local.as("buildout");
    const scm = await scmOf(builder, staged);
    if (isPretended(context, "checkout")) return { status: "skipped", note: "a dry run checks nothing out" };
    if (!scm) {
      throw new HostoutError({
        code: "failed",
        message: `${staged} is no checkout of git or hg`,
        hint: `Check the site out first: hostout ${site.name} checkout REPOSITORY`,
      });
    }
    const ask = { cwd: staged, env: scm.env, quiet: true };
    const before = await builder.capture(scm.revision(), ask);
    await goTo(context, scm, builder, staged, args.branch, args.force);
    if (context.dryRun) return { status: "ok", note: `at ${before}` };
    const after = await builder.capture(scm.revision(), ask);
    return before === after
      ? { status: "unchanged", note: after }
      : { status: "ok", note: `${before} -> ${after}` };
  });
}
