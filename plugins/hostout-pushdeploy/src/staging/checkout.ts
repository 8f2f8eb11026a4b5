import { dirname } from "node:path";
import {
  type Connection,
  HostoutError,
  hideUrlSecrets,
  type Outcome,
  type ShellLine,
  sh,
} from "@hostout/kit";
import { type ScmCommands, scmNamed, scmOf, scmOfRepository } from "@hostout/scm";
import type { OnStaging } from "../options.ts";
import { goTo, refuseDash } from "./go-to.ts";
import { localAdmin, pretend, stagingPath } from "./staging.ts";
import { onStaging } from "./staging-lock.ts";

type Context = OnStaging<{ readonly repository: string; readonly branch: string | undefined }>;

/** Checks a repository out into the staging folder. Switches an existing checkout to the named branch. */
export async function checkout(context: Context): Promise<Outcome> {
  const { args } = context;
  refuseDash("repository", args.repository);
  refuseDash("branch", args.branch ?? "");
  const staged = await stagingPath(context);
  const builder = context.local.as("buildout");
  const maker = await makeRoom(context, builder, staged);
  try {
    return await onStaging(context, staged, () => checkOut(context, builder, staged, maker !== undefined));
  } catch (error) {
    await maker?.run(sh`[ ! -d ${staged} ] || rmdir -- ${staged}`, { quiet: true }).catch(() => undefined);
    throw error;
  }
}

async function checkOut(
  context: Context,
  builder: Connection,
  staged: string,
  isNew: boolean,
): Promise<Outcome> {
  const { args, options } = context;
  const there = await scmOf(builder, staged);
  if (there) return alreadyThere(context, there, builder, staged);
  await requireEmpty(builder, staged);
  const scm =
    options.scm === undefined ? await scmOfRepository(builder, args.repository) : scmNamed(options.scm);
  const repository = hideUrlSecrets(args.repository);
  await builder.run(emptiedAfter(scm.clone(args.branch, staged), staged, isNew), {
    env: { ...scm.env, REPOSITORY: withoutPrefix(args.repository) },
    title: `${scm.name} clone ${repository}`,
  });
  pretend(context, "checkout");
  return { status: "ok", note: `${args.branch ?? "the default branch"} of ${repository}` };
}

const withoutPrefix = (repository: string) => repository.replace(/^(git|hg)\+/, "");

/** Returns a clone that cleans up if it fails or is interrupted. The clone empties or (`isNew`) removes the folder. */
function emptiedAfter(clone: ShellLine, staged: string, isNew: boolean): ShellLine {
  const remove = isNew ? sh`rmdir -- "$d" 2>/dev/null` : sh`:`;
  return sh`d=${staged}
trap 'exit 143' HUP INT TERM
trap 'e=$?; if [ "$e" -ne 0 ]; then find "$d" -mindepth 1 -maxdepth 1 -exec rm -rf {} +; ${remove}; fi' EXIT
${clone}`;
}

async function alreadyThere(
  context: Context,
  scm: ScmCommands,
  builder: Connection,
  staged: string,
): Promise<Outcome> {
  const { repository, branch } = context.args;
  const ask = { cwd: staged, env: scm.env, quiet: true };
  const origin = await builder.capture(scm.origin(), ask);
  if (origin.replace(/\/$/, "") !== withoutPrefix(repository).replace(/\/$/, "")) {
    throw new HostoutError({
      code: "refused",
      message: `${staged} is a checkout of ${hideUrlSecrets(origin)} already`,
      hint: "Move it away first, or change its origin by hand.",
    });
  }
  if (!(await builder.test(scm.isComplete(), ask))) {
    throw new HostoutError({
      code: "refused",
      message: `${staged} has no revision of ${hideUrlSecrets(origin)}: its checkout was cut off`,
      hint: "Move it away, then check out again.",
    });
  }
  const present = await builder.capture(scm.branch(), ask);
  if (branch === undefined || (await builder.test(scm.isAt(branch), ask))) {
    const note = `${branch ?? present} of ${hideUrlSecrets(repository)} exists already`;
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
    message: `${staged} is not empty, and is no checkout`,
    hint: "Move what is in it away; after the checkout, pull fetches the data again.",
  });
}

/**
 * Creates the folder for the build user, as that user or else as an account that may. Resolves to the account
 * that created it, or undefined if it exists. The folder is created before it is locked, so only the run that
 * created it removes it.
 */
async function makeRoom(
  context: OnStaging,
  builder: Connection,
  staged: string,
): Promise<Connection | undefined> {
  if (context.dryRun) return undefined;
  const make = sh`mkdir -- ${staged} 2>/dev/null && echo made || [ -d ${staged} ]`;
  if (await builder.test(sh`[ -w ${dirname(staged)} ] || [ -w ${staged} ]`)) {
    const { stdout } = await builder.run(make, { quiet: true, title: `mkdir ${staged}` });
    return stdout === "" ? undefined : builder;
  }
  const admin = localAdmin(context);
  await admin.run(["mkdir", "-p", dirname(staged)], { quiet: true });
  const { stdout } = await admin.run(make, { quiet: true, title: `mkdir ${staged}` });
  const isMade = stdout !== "";
  // The colon stands for the account's own group. An existing folder keeps its group.
  await admin.run(["chown", "-h", isMade ? `${builder.user}:` : builder.user, staged]);
  return isMade ? admin : undefined;
}
