import { findCommand, HostoutError, type Outcome, type SiteContext } from "@hostout/kit";
import { kindOfSite } from "../release/look/kind-of-site.ts";
import type { Change, Changes } from "./change/changes.ts";
import { describeChange } from "./change/describe-change.ts";
import { agreedCell, type Looked, lookAtHost, plannedCell } from "./change/look-at-host.ts";
import { makeChange } from "./change/make-change.ts";
import { proveLogin } from "./change/prove-login.ts";
import type { OnNewHost } from "./setup-options.ts";

/** Prints the changes that `setup` would make on a host. Its value has them as lines. */
export async function planSetup(context: OnNewHost): Promise<Outcome> {
  const looked = await lookAtHost(context);
  context.shared.set(plannedCell, looked);
  const { users, runtime, folder } = looked.changes;
  const lines = [...users, ...runtime, ...folder].map(describeChange);
  for (const line of lines) context.note(`- ${line}`);
  if (lines.length === 0) return { status: "unchanged", note: "nothing is missing", value: lines };
  const warning = rootIsNeeded(context);
  if (warning !== undefined) context.warn(warning);
  return { status: "ok", note: `${lines.length} ${lines.length === 1 ? "change" : "changes"}`, value: lines };
}

/** Makes the accounts, the key and the rights of a site on a host, and proves the new login. */
export function bootstrapUsers(context: OnNewHost): Promise<Outcome> {
  return part(context, "bootstrap_users", "users", (looked) => proveLogin(context, looked));
}

/** Installs the programs that build a site on a host. */
export function bootstrapPython(context: OnNewHost): Promise<Outcome> {
  return part(context, "bootstrap_python", "runtime");
}

/** Makes the folder of a site on a host, and the virtual environment of a buildout. */
export async function bootstrapBuildout(context: OnNewHost): Promise<Outcome> {
  const made = await part(context, "bootstrap_buildout", "folder");
  if (context.dryRun || kindOfSite(context) !== "buildout") return made;
  const runtime = await context.call("bootstrap");
  return made.status === "unchanged" && runtime.status !== "ok"
    ? { ...made, status: "unchanged" }
    : { status: "ok" };
}

/**
 * Makes the changes of one part. A command of the site with the name of the part and the host's system, such as
 * `bootstrap_python_ubuntu`, takes its place.
 */
async function part(
  context: OnNewHost,
  name: string,
  which: Exclude<keyof Changes, "faults">,
  prove: (looked: Looked) => Promise<void> = async () => undefined,
): Promise<Outcome> {
  const { dryRun, exclusive, host, note, shared } = context;
  const agreed = shared.get(agreedCell);
  const looked = agreed ?? (await lookAtHost(context));
  const changes = looked.changes[which];
  const own = ofSystem(context, name, looked);
  if (own !== undefined && changes.length > 0) return context.call(own);
  if (changes.length === 0) return { status: "unchanged", note: "nothing is missing" };
  if (!agreed) for (const change of changes) note(`- ${describeChange(change)}`);
  if (dryRun) return { status: "ok" };
  if (!agreed) await agree(context, `${name} on ${host.name}`, name);
  await exclusive(`setup ${host.address}`, async () => {
    for (const change of changes) await make(context, looked, change);
  });
  await prove(looked);
  return { status: "ok", note: `${changes.length} ${changes.length === 1 ? "change" : "changes"}` };
}

async function make(context: OnNewHost, looked: Looked, change: Change): Promise<void> {
  // Without changes there is no session to change the host with.
  await makeChange(context, looked, looked.changer!, change);
  context.detail(`done: ${describeChange(change)}`);
}

function ofSystem({ site }: OnNewHost, name: string, { facts }: Looked): string | undefined {
  return facts.system.ids.map((id) => `${name}_${id}`).find((one) => findCommand(site, one) !== undefined);
}

/**
 * Asks whether the changes are meant.
 *
 * @throws HostoutError `no-input` if they are not, or if nobody can be asked
 */
export async function agree(
  { confirm, site }: Pick<SiteContext, "confirm" | "site">,
  what: string,
  command: string,
): Promise<void> {
  const answer = await confirm(`Make these changes: ${what}?`);
  if (answer === "yes") return;
  throw new HostoutError({
    code: "no-input",
    message:
      answer === "no"
        ? `nothing was changed: ${what} was not meant`
        : `${what} would make these changes; nobody can be asked`,
    hint: answer === "no" ? undefined : `If they are meant: hostout ${site.name} ${command} --yes`,
  });
}

/** The warning about command lines that run as root, which the login user may not become. */
function rootIsNeeded({ host, options }: OnNewHost): string | undefined {
  const { commandsAs, preCommands, stopCmd, startCmd, postCommands, setupRoot } = options;
  const lines = {
    "pre-commands": preCommands,
    "stop-cmd": stopCmd,
    "start-cmd": startCmd,
    "post-commands": postCommands,
  };
  const names = Object.entries(lines).flatMap(([name, value]) => (value ? [name] : []));
  if ((host.user ?? "root") === "root" || setupRoot || commandsAs !== "root" || names.length === 0)
    return undefined;
  return `${names.join(", ")} run as root (commands-as), and setup gives ${host.user} no right to that: set commands-as = effective, or setup-root = true`;
}
