import { dirname } from "node:path";
import { type Connection, HostoutError, type Outcome, type ShellLine, sh } from "@hostout/kit";
import type { OnStaging } from "./options.ts";
import { type Scm, scmNamed, scmOf, scmOfRepository, withoutCredentials } from "./scm.ts";
import { localAdmin, stagingPath } from "./staging.ts";
import { goTo } from "./update.ts";

type Context = OnStaging<{ readonly repository: string; readonly branch: string | undefined }>;

/** Checks a repository out where the site is staged. A checkout that exists goes to the branch that is named. */
export async function checkout(context: Context): Promise<Outcome> {
  const staged = await stagingPath(context);
  return context.exclusive(staged, async () => {
    const { args, options } = context;
    refuseDash("repository", args.repository);
    refuseDash("branch", args.branch ?? "");
    const builder = context.local.as("buildout");
    const there = await scmOf(builder, staged);
    if (there) return alreadyThere(context, there, builder, staged);
    await requireEmpty(builder, staged);
    const scm =
      options.scm === undefined ? await scmOfRepository(builder, args.repository) : scmNamed(options.scm);
    const isNew = !(await builder.test(["test", "-e", staged]));
    const isOfAdmin = await makeRoom(context, builder, staged);
    const env = { ...scm.env, REPOSITORY: withoutPrefix(args.repository) };
    const title = `${scm.name} clone ${withoutCredentials(args.repository)}`;
    const clone = emptiedAfter(scm.clone(args.branch, staged), staged, isNew && !isOfAdmin);
    try {
      await builder.run(clone, { env, title });
    } catch (error) {
      if (isNew && isOfAdmin)
        await localAdmin(context)
          .run(["rmdir", staged])
          .catch(() => undefined);
      throw error;
    }
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

/** A clone that fails or is interrupted leaves the folder as it was: absent, or empty. */
function emptiedAfter(clone: ShellLine, staged: string, isNew: boolean): ShellLine {
  const remove = isNew
    ? sh`rm -rf -- ${staged}`
    : sh`find ${staged} -mindepth 1 -maxdepth 1 -exec rm -rf {} +`;
  return sh`trap 'exit 143' HUP INT TERM
trap ${`e=$?; if [ "$e" -ne 0 ]; then ${remove.text}; fi`} EXIT
${clone}`;
}

async function alreadyThere(
  context: Context,
  scm: Scm,
  builder: Connection,
  staged: string,
): Promise<Outcome> {
  const { repository, branch } = context.args;
  const ask = { cwd: staged, env: scm.env, quiet: true };
  const origin = await builder.capture(scm.origin(), ask);
  if (origin.replace(/\/$/, "") !== withoutPrefix(repository).replace(/\/$/, "")) {
    throw new HostoutError({
      code: "refused",
      message: `${staged} is a checkout of ${withoutCredentials(origin)} already`,
      hint: "Move it away first, or change its origin by hand.",
    });
  }
  if (!(await builder.test(scm.isComplete(), ask))) {
    throw new HostoutError({
      code: "refused",
      message: `${staged} has no revision of ${withoutCredentials(origin)}: its checkout was cut off`,
      hint: "Move it away, then check out again.",
    });
  }
  const present = await builder.capture(scm.branch(), ask);
  if (branch === undefined || (await builder.test(scm.isAt(branch), ask))) {
    const note = `${branch ?? present} of ${withoutCredentials(repository)} is already there`;
    return { status: "unchanged", note };
  }
  await goTo(context, scm, builder, staged, branch);
  return { status: "ok", note: `${present} -> ${branch}` };
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

/** Makes the folder for the build user where that account may not; resolves to whether it did. */
async function makeRoom(context: OnStaging, builder: Connection, staged: string): Promise<boolean> {
  if (await builder.test(sh`[ -w ${dirname(staged)} ] || [ -w ${staged} ]`)) return false;
  const admin = localAdmin(context);
  const owner = builder.user;
  // The colon stands for the account's own group. A folder that somebody made keeps its group.
  await admin.run(
    sh`if [ -d ${staged} ]; then chown ${owner} ${staged}; else mkdir -p -- ${staged} && chown -h ${`${owner}:`} ${staged}; fi`,
  );
  return true;
}
