import { type Connection, isHostoutError, type Outcome, runLines, sh } from "@hostout/kit";
import { isServing, lockCell, siteStore, withProof } from "@hostout/releases";
import { kindOfSite } from "../look/kind-of-site.ts";
import { startsByDefault } from "../look/starts-by-default.ts";
import { activatedValue, haltedValues, packagedValue } from "../values/cells.ts";
import { isOfCore } from "../values/is-of-core.ts";
import type { OnHost, ReleaseOptions } from "../values/release-options.ts";
import { halt, haltedBy, haltedValue, unhalt } from "./halted.ts";

/** Runs pre-commands before a release is built, also if no release is live yet, as collective.hostout did. */
export async function runPreCommands(context: OnHost): Promise<Outcome> {
  const { options } = context;
  if (!options.preCommands) return { status: "skipped", note: "no pre-commands" };
  const { live, path } = await folders(context);
  const { preCommands } = options;
  return withProof(context, await siteStore(context), async () => {
    halt(context, "pre-commands");
    await runLines(runner(context), preCommands, { option: "pre-commands", cwd: live ?? path });
    return { status: "ok", value: haltedValue };
  });
}

/**
 * Stops the site, after its pre-commands if this run has not run them. In a deploy, a failure to stop the site does not
 * prevent the switch.
 */
export async function stopSite(context: OnHost): Promise<Outcome> {
  const { options } = context;
  const { live: cwd, programs } = await folders(context);
  if (cwd === undefined) return { status: "skipped", note: "no release is live yet" };
  const before = haltedBy(context);
  if (before.has("stop")) return { status: "skipped", note: "this run has stopped it" };
  const preCommands = before.has("pre-commands") ? undefined : options.preCommands;
  const { stopCmd } = options;
  // Within a deploy or a rollback, which hold the lock, the switch goes on all the same.
  const isAlone = !context.shared.has(lockCell);
  const isDefault = !stopCmd && stopsByDefault(options) && programs.includes("supervisorctl");
  if (!preCommands && !stopCmd && !isDefault)
    return { status: "skipped", note: options.preCommands ? "pre-commands were run" : "no stop-cmd" };
  return withProof(context, await siteStore(context), () =>
    runStop(context, { cwd, preCommands, stopCmd, isDefault, isAlone }),
  );
}

/** The commands that stop a site. */
interface Stopping extends Pick<ReleaseOptions, "preCommands" | "stopCmd"> {
  readonly cwd: string;
  /** Whether bin/supervisorctl of the build does. */
  readonly isDefault: boolean;
  /** Whether the user called `stop`. A line that fails then fails the command. */
  readonly isAlone: boolean;
}

/** Whether the commands before the switch change nothing on the host: no plugin has put one of its own there. */
export async function stopsNothing(context: OnHost): Promise<boolean> {
  const { options, site } = context;
  if (options.stopCmd || options.preCommands || !isOfCore(site, "go-live", "stop", "activate")) return false;
  return !stopsByDefault(options) || !(await folders(context)).programs.includes("supervisorctl");
}

async function runStop(
  context: OnHost,
  { cwd, preCommands, stopCmd, isDefault, isAlone }: Stopping,
): Promise<Outcome> {
  halt(context, "stop");
  if (preCommands) {
    // A run that this one resumes may have stopped the site with them.
    const isAgain = context.resultOf(haltedValues["pre-commands"]) !== undefined;
    const running = runLines(runner(context), preCommands, { option: "pre-commands", cwd });
    await (isAgain ? unlessFailed(context, running) : running);
    halt(context, "pre-commands");
  }
  const tried = (running: Promise<unknown>) => (isAlone ? running : unlessFailed(context, running));
  if (stopCmd) await tried(runLines(runner(context), stopCmd, { option: "stop-cmd", cwd, goesOn: true }));
  else if (isDefault) await tried(runner(context).run(shutdown, { cwd }));
  return { status: "ok", value: haltedValue };
}

/** Its end is waited for: another one cannot start beside it. */
const shutdown = sh`bin/supervisorctl shutdown && for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  bin/supervisorctl pid >/dev/null 2>&1 || exit 0; sleep 1; done`;

async function unlessFailed({ warn }: OnHost, running: Promise<unknown>): Promise<void> {
  try {
    await running;
  } catch (error) {
    if (!isHostoutError(error) || error.code !== "command-failed") throw error;
    warn(`the site could not be stopped: ${error.message}`);
  }
}

/** Starts the site, then runs post-commands. */
export async function startSite(context: OnHost): Promise<Outcome> {
  const { options, resultOf, warn } = context;
  const { live, next, programs } = await folders(context);
  const cwd = live ?? next;
  if (cwd === undefined) return { status: "skipped", note: "no release is live" };
  const { startCmd, postCommands } = options;
  const isBuildout = resultOf(packagedValue)?.kind === "buildout";
  const isDefault =
    startsByDefault(options) && (live === undefined ? isBuildout : programs.includes("supervisord"));
  if (!startCmd && !postCommands && !isDefault) {
    if (kindOfSite(context) === "application")
      warn(
        "nothing starts the site: start-cmd is not set. Where nothing is to be started, write: start-cmd = true",
      );
    return { status: "skipped", note: "no start-cmd" };
  }
  const starting = { cwd, isDefault, isMade: live !== undefined };
  return withProof(context, await siteStore(context), () => runStart(context, starting));
}

async function runStart(
  context: OnHost,
  { cwd, isDefault, isMade }: { readonly cwd: string; readonly isDefault: boolean; readonly isMade: boolean },
): Promise<Outcome> {
  const { options, dryRun, note } = context;
  const { startCmd, postCommands } = options;
  unhalt(context);
  const machine = runner(context);
  if (startCmd) await runLines(machine, startCmd, { option: "start-cmd", cwd });
  else if (isDefault && !isMade && dryRun)
    note(`would run: bin/supervisord (in ${cwd}), where the build makes it`);
  else if (isDefault) await machine.run(["bin/supervisord"], { cwd, leavesRunning: true });
  if (postCommands) await runLines(machine, postCommands, { option: "post-commands", cwd });
  return { status: "ok" };
}

/** Whether bin/supervisorctl of the build stops the site. A server that post-commands start must have ended before. */
function stopsByDefault(options: ReleaseOptions): boolean {
  const { preCommands, postCommands } = options;
  if (preCommands) return false;
  return postCommands === undefined || postCommands.some((line) => /\bsupervisord\b/.test(line));
}

/** The connection of the account for the lines. hostout asks for root's rights when a line runs. */
const runner = ({ remote, options }: OnHost): Connection => remote.as(options.commandsAs);

/** The site's folder, that of the live release, and in a dry run that of the release that would be live. */
async function folders(context: OnHost): Promise<{
  readonly path: string;
  readonly live: string | undefined;
  readonly next: string | undefined;
  readonly programs: readonly string[];
}> {
  const store = await siteStore(context);
  const state = await store.state();
  const { path } = store;
  const current = `${path}/current`;
  const isLive =
    isServing(state) ||
    (state.foreign !== undefined && (await context.remote.as("effective").test(["test", "-d", current])));
  const isNext = context.dryRun && context.resultOf(activatedValue) !== undefined;
  const { programs } = state;
  return { path, live: isLive ? current : undefined, next: isNext ? current : undefined, programs };
}
