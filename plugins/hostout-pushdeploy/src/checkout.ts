import { dirname } from "node:path";
import { type Connection, HostoutError, type Outcome, sh } from "@hostout/kit";
import type { OnStaging } from "./options.ts";
import { type Scm, scmNamed, scmOf, scmOfRepository, withoutCredentials } from "./scm.ts";
import { localAdmin, stagingPath } from "./staging.ts";

/** Checks a repository out where the site is staged. A second time it only says that it is there. */
export async function checkout(
  context: OnStaging<{ readonly repository: string; readonly branch: string | undefined }>,
): Promise<Outcome> {
  const staged = await stagingPath(context);
  return context.exclusive(staged, async () => {
    const { args, options } = context;
    refuseDash("repository", args.repository);
    refuseDash("branch", args.branch ?? "");
    const builder = context.local.as("buildout");
    const there = await scmOf(builder, staged);
    if (there) return alreadyThere(there, builder, staged, args.repository);
    await requireEmpty(builder, staged);
    const scm =
      options.scm === undefined ? await scmOfRepository(builder, args.repository) : scmNamed(options.scm);
    await makeRoom(context, builder, staged);
    const env = { ...scm.env, REPOSITORY: withoutPrefix(args.repository) };
    await builder.run(scm.clone(args.branch, staged), { env });
    const note = `${args.branch ?? "the default branch"} of ${withoutCredentials(args.repository)}`;
    return { status: "ok", note };
  });
}

/** A name that begins with `-` would be an option of the program that it is given to. */
export function refuseDash(what: string, name: string): void {
  if (name.startsWith("-"))
    throw new HostoutError({ code: "usage", message: `'${name}' is no name of a ${what}` });
}

const withoutPrefix = (repository: string) => repository.replace(/^(git|hg)\+/, "");

async function alreadyThere(
  scm: Scm,
  builder: Connection,
  staged: string,
  repository: string,
): Promise<Outcome> {
  const origin = await builder.capture(scm.origin(), { cwd: staged, env: scm.env, quiet: true });
  if (origin.replace(/\/$/, "") === withoutPrefix(repository).replace(/\/$/, "")) {
    return { status: "unchanged", note: `${withoutCredentials(repository)} is already there` };
  }
  throw new HostoutError({
    code: "refused",
    message: `${staged} is a checkout of ${withoutCredentials(origin)} already`,
    hint: "Move it away first, or change its origin by hand.",
  });
}

async function requireEmpty(builder: Connection, staged: string): Promise<void> {
  if (!(await builder.test(["test", "-e", staged]))) return;
  if ((await builder.capture(["ls", "-A", staged], { quiet: true })) === "") return;
  throw new HostoutError({
    code: "refused",
    message: `${staged} is there, is not empty, and is no checkout`,
    hint: "Move what is in it away; after the checkout, pull fetches the data again.",
  });
}

/** The folder, made by who may make it, for who builds in it. */
async function makeRoom(context: OnStaging, builder: Connection, staged: string): Promise<void> {
  if (await builder.test(sh`[ -w ${dirname(staged)} ] || [ -w ${staged} ]`)) return;
  const admin = localAdmin(context);
  await admin.run(["mkdir", "-p", staged]);
  await admin.run(["chown", builder.user, staged]);
}
