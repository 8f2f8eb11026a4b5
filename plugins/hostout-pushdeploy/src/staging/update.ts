import { type Connection, HostoutError, type Outcome } from "@hostout/kit";
import { type ScmCommands, scmOf } from "@hostout/scm";
import type { OnStaging } from "../options.ts";
import { refuseDash } from "./checkout.ts";
import { isPretended, stagingPath } from "./staging.ts";
import { onStaging } from "./staging-lock.ts";

/** Brings the staged checkout to the newest revision of a branch. Edits by hand are refused, where the original lost them. */
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

/** Goes to the newest revision of a branch, tag or revision. @throws HostoutError `refused` where edits would be lost */
export async function goTo(
  { site }: OnStaging,
  scm: ScmCommands,
  builder: Connection,
  staged: string,
  branch: string | undefined,
  force = false,
): Promise<void> {
  const settings = { cwd: staged, env: scm.env };
  const edits = force ? "" : await builder.capture(scm.edits(), { ...settings, quiet: true });
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
  await builder.run(scm.fetch(), settings);
  const title = `${scm.name} ${scm.name === "git" ? "checkout" : "update"}${branch === undefined ? "" : ` ${branch}`}`;
  await builder.run(scm.update(branch, force), { ...settings, title });
}
