import { HostoutError, type Outcome } from "@hostout/kit";
import { refuseDash } from "./checkout.ts";
import type { OnStaging } from "./options.ts";
import { scmOf } from "./scm.ts";
import { stagingPath } from "./staging.ts";

/** Brings the staged checkout to the newest revision of a branch. Edits by hand are refused, where the original lost them. */
export async function update(
  context: OnStaging<{ readonly branch: string | undefined; readonly force: boolean }>,
): Promise<Outcome> {
  const staged = await stagingPath(context);
  return context.exclusive(staged, async () => {
    const { args, site } = context;
    refuseDash("branch", args.branch ?? "");
    const builder = context.local.as("buildout");
    const scm = await scmOf(builder, staged);
    if (!scm) {
      throw new HostoutError({
        code: "failed",
        message: `${staged} is no checkout of git or hg`,
        hint: `Check the site out first: hostout ${site.name} checkout REPOSITORY`,
      });
    }
    const settings = { cwd: staged, env: scm.env };
    const ask = { ...settings, quiet: true };
    const edits = args.force ? "" : await builder.capture(scm.edits(), ask);
    if (edits !== "") {
      throw new HostoutError({
        code: "refused",
        message: `${staged} has edits that are not committed: ${edits
          .split("\n")
          .map((line) => line.slice(2).trim())
          .join(", ")}`,
        hint: `Commit them, or discard them with: hostout ${site.name} update --force`,
      });
    }
    const before = await builder.capture(scm.revision(), ask);
    await builder.run(scm.fetch(), settings);
    await builder.run(scm.update(args.branch, args.force), settings);
    const after = await builder.capture(scm.revision(), ask);
    return before === after
      ? { status: "unchanged", note: after }
      : { status: "ok", note: `${before} -> ${after}` };
  });
}
