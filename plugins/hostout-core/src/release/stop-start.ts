import { type Connection, isHostoutError, type Outcome, sh, userShell } from "@hostout/kit";
import { isServing, siteStore } from "@hostout/releases";
import type { OnHost } from "./release-options.ts";

/** Runs pre-commands, then stops the site. That it cannot be stopped does not keep a release from being served. */
export async function stopSite(context: OnHost): Promise<Outcome> {
  const { options, warn } = context;
  const { root, cwd } = await served(context);
  if (cwd === undefined) return { status: "skipped", note: "nothing is served yet" };
  for (const line of options.preCommands ?? []) await root.run(userShell(line), { cwd });
  try {
    if (options.stopCmd) for (const line of options.stopCmd) await root.run(userShell(line), { cwd });
    else if (await root.test(["test", "-x", `${cwd}/bin/supervisorctl`])) await root.run(shutdown, { cwd });
    else return options.preCommands ? { status: "ok" } : { status: "skipped", note: "no stop-cmd" };
  } catch (error) {
    if (!isHostoutError(error) || error.code !== "command-failed") throw error;
    warn(`the site could not be stopped: ${error.message}`);
  }
  return { status: "ok" };
}

/** Its end is waited for: another one cannot start beside it. */
const shutdown = sh`bin/supervisorctl shutdown && for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  bin/supervisorctl pid >/dev/null 2>&1 || exit 0; sleep 1; done`;

/** Starts the site, then runs post-commands. */
export async function startSite(context: OnHost): Promise<Outcome> {
  const { options } = context;
  const { root, cwd } = await served(context);
  if (cwd === undefined) return { status: "skipped", note: "nothing is served" };
  let hasStarted = true;
  if (options.startCmd) for (const line of options.startCmd) await root.run(userShell(line), { cwd });
  else if (await root.test(["test", "-x", `${cwd}/bin/supervisord`]))
    await root.run(["bin/supervisord"], { cwd });
  else hasStarted = false;
  for (const line of options.postCommands ?? []) await root.run(userShell(line), { cwd });
  return hasStarted || options.postCommands ? { status: "ok" } : { status: "skipped", note: "no start-cmd" };
}

/** Who runs the lines on the host, and the folder of what is served, if there is anything. */
async function served(
  context: OnHost,
): Promise<{ readonly root: Connection; readonly cwd: string | undefined }> {
  const store = await siteStore(context);
  const state = await store.state();
  const cwd = `${store.path}/current`;
  const isThere =
    isServing(state) ||
    (state.foreign !== undefined && (await context.remote.as("effective").test(["test", "-d", cwd])));
  return { root: context.remote.as(context.options.commandsAs), cwd: isThere ? cwd : undefined };
}
