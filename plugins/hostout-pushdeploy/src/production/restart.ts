import { basename, join } from "node:path";
import { HostoutError, type Outcome, runLines, sh } from "@hostout/kit";
import { deploying } from "../cells.ts";
import type { OnHost, OnStaging } from "../options.ts";
import { builtFolders, localAdmin, remoteAdmin } from "../staging/staging.ts";

/** Runs the lines of `restart` on the host, then the health checks if `verify` is set. */
export async function restart(context: OnHost): Promise<void> {
  await underLock(context, async () => {
    await runLines(remoteAdmin(context), context.options.restart, { option: "restart" });
    if (context.site.values.get("verify")?.text) await context.call("verify");
    // Done at once, because an interrupted deploy ends after this command.
    if (context.shared.has(deploying) && !context.dryRun)
      await (await import("./deploy-lock.ts")).settleDeploy(context);
  });
}

/**
 * Does `work` if this run may change services. A run that lost the lock of its deploy may not, nor may a single
 * command during the deploy of another run.
 *
 * @throws HostoutError `locked`
 */
async function underLock<T>(context: OnHost, work: () => Promise<T>): Promise<T> {
  if (context.dryRun) return work();
  const { siteStore, withProof } = await import("@hostout/releases");
  return withProof(context, await siteStore(context), work);
}

/** Runs the lines of `restart` on this machine. */
export async function restartHere(context: OnStaging): Promise<void> {
  await runLines(localAdmin(context), context.options.restart, { option: "restart" });
}

/** Runs the lines of `start` on the host. */
export async function start(context: OnHost): Promise<void> {
  const lines = context.options.start ?? [`supervisorctl start ${context.site.name}:*`];
  await underLock(context, () => runLines(remoteAdmin(context), lines, { option: "start" }));
}

/** Runs every line of `stop`, even after a line that failed. */
export async function stop(context: OnHost): Promise<void> {
  const lines = context.options.stop ?? [`supervisorctl stop ${context.site.name}:*`];
  await underLock(context, () => runLines(remoteAdmin(context), lines, { option: "stop", goesOn: true }));
}

/** Copies the files that the build made for /etc (parts/system/etc), then makes supervisord read them. */
export async function deployEtc(context: OnHost): Promise<Outcome> {
  const { parts } = await builtFolders(context);
  const source = join(parts, "system", "etc");
  if (!(await context.local.test(["test", "-d", source])))
    return { status: "skipped", note: `there is no ${source}` };
  return underLock(context, () => sendEtc(context, source));
}

async function sendEtc(context: OnHost, source: string): Promise<Outcome> {
  const admin = remoteAdmin(context);
  const { changed } = await admin.sync({
    direction: "push",
    local: source,
    remote: "/etc",
    localAccount: context.options.localSudo ? "root" : "login",
  });
  // A dry run does not know the changes.
  if (changed.length === 0 && !context.dryRun) return { status: "unchanged" };
  await admin.run(sh`supervisorctl reread && supervisorctl update`);
  return { status: "ok", ...(context.dryRun ? {} : { note: `${changed.length} changed` }) };
}

/** Copies the staged supervisor configuration to the path that this machine's supervisord reads. */
export async function stageSupervisor(context: OnStaging): Promise<void> {
  const { source, target } = await supervisorFiles(context);
  const admin = localAdmin(context);
  await admin.run(["cp", source, target]);
  await admin.run(["supervisorctl", "update"]);
}

/** Copies the staged supervisor configuration to the path that the host's supervisord reads. */
export async function deploySupervisor(context: OnHost): Promise<void> {
  const { source, target } = await supervisorFiles(context);
  const admin = remoteAdmin(context);
  if (!context.dryRun) context.detail(`put: ${source} -> ${target}`);
  await underLock(context, async () => {
    await admin.upload(source, target, { mode: 0o644 });
    await admin.run(["supervisorctl", "update"]);
  });
}

async function supervisorFiles(
  context: OnHost | OnStaging,
): Promise<{ readonly source: string; readonly target: string }> {
  const target = context.options.supervisorConf ?? "";
  const { parts } = await builtFolders(context);
  const source = join(parts, basename(target));
  if (await context.local.test(["test", "-f", source])) return { source, target };
  throw new HostoutError({
    code: "failed",
    message: `the build made no ${source}`,
    hint: "supervisor-conf names a file that the build makes, by the same name, in its parts folder.",
    origin: context.site.values.get("supervisor-conf")?.origin,
  });
}
