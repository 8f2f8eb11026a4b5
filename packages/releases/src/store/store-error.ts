import { type Connection, HostoutError, isHostoutError, quote } from "@hostout/kit";
import { exits } from "../script/exits.ts";
import type { StoreState } from "../state/store-state.ts";

/** Returns the exit code of a script that failed. */
export function exitOf(error: unknown): number | undefined {
  return isHostoutError(error) ? error.status : undefined;
}

/** Returns whether a package on the host differed from its hash. The host has removed it, and hostout can send it again. */
export function isDamaged(error: unknown): boolean {
  const exit = error instanceof Error ? exitOf(error.cause) : undefined;
  return exit === exits.wrongPackage || exit === exits.wrongBase;
}

/** The store of a site on a host, as messages name it. */
export interface StorePlace {
  readonly host: string;
  readonly path: string;
  /** The name of the site; undefined where no site is known. */
  readonly site?: string | undefined;
}

/** Turns a script's exit code into an error for the user. `what`: the release or package that the script worked on. */
export function storeError(error: unknown, { host, path, site = "SITE" }: StorePlace, what: string): unknown {
  const told = (message: string, hint: string, code: "locked" | "refused" | "transfer-failed" = "refused") =>
    new HostoutError({ code, message: `${host}: ${message}`, hint, host, cause: error });
  switch (exitOf(error)) {
    case exits.lockLost:
    case exits.lockSilent:
      return told(
        `the lock of ${path} was lost; nothing was changed`,
        "Try again: another deploy may have begun.",
        "locked",
      );
    case exits.noRelease:
      return told(
        `there is no complete release ${what} in ${path}`,
        `'hostout ${site} releases' lists them.`,
      );
    case exits.inTheWay:
      return told(
        `${path} has something in the way of ${what}`,
        `Is ${path}/current a folder? Move it away.`,
      );
    case exits.missingProgram:
      return told(
        "a program is missing there: flock, sha256sum, gzip, or an mv that knows -T",
        "Install util-linux, coreutils and gzip there, or busybox.",
      );
    case exits.systemFolder:
      return told(
        `path = ${path} is a folder of the system`,
        "Give the site a folder of its own, as in: path = /srv/first-site",
      );
    case exits.nested:
      return told(
        `path = ${path} is in the releases or the store of the site at ${saidBy(error).trim()}, which would remove it`,
        "Give the site a folder of its own, as in: path = /srv/first-site",
      );
    case exits.someonesHome:
      return told(
        `${path} is somebody's home, and the folders in it may be his own: nothing was changed`,
        "Give the site a folder of its own, as in path = ~/first-site, or name no links: links =",
      );
    case exits.varReplaced:
      return told(
        `var of the release ${what} no longer leads to the data of the site. New data would be lost with the release`,
        "Let the build write into var, and not replace it.",
      );
    case exits.varLost:
      return told(
        `${path}/var is a link to a folder that does not exist; nothing was changed`,
        `Is its disk mounted? 'readlink -f ${path}/var' on the host prints the folder.`,
      );
    case exits.unreadable:
      return told(
        `${path}: ${saidBy(error).trim().split("\n").join(", ")} can be neither linked nor read by the owner of the site; nothing was changed`,
        "Let that account read it there (chown, chmod), or move it away.",
      );
    case exits.wrongSum:
      return told(
        `${what} did not arrive as it was sent; nothing was changed`,
        "Try again.",
        "transfer-failed",
      );
    case exits.wrongPackage:
    case exits.wrongBase:
      return told(
        `a package in ${path}/.hostout/packages was damaged; nothing was changed`,
        "Deploy again: the whole package is sent.",
        "transfer-failed",
      );
    case exits.cutOff:
      return told(
        `the input about ${what} did not arrive whole; nothing was changed`,
        "Try again.",
        "transfer-failed",
      );
    case exits.unguarded: {
      const [folder = "", owner = ""] = saidBy(error).trim().split("\t");
      // A folder that root made in one of the owner's is the owner's to get.
      const give =
        owner === "root"
          ? ""
          : `Set effective-user = ${owner}; where it is set: chown ${owner} ${path} on the host. `;
      return told(
        `root does nothing in ${path}: other accounts may write to ${folder}, where a link would lead root elsewhere`,
        `${give}Or give path a place that only root can change, as in: path = /srv/first-site`,
      );
    }
    case exits.closed: {
      const [folder = "", owner = "", account = ""] = saidBy(error).trim().split("\t");
      const use = owner === "root" ? "" : `Add to [${site}]: effective-user = ${owner}; or give `;
      return told(
        `${account} may not enter ${folder}, which belongs to ${owner}`,
        `${use || "Give "}the site to ${account}, on the host: chown -R ${account} ${quote(path)}`,
      );
    }
    case exits.linked:
      return told(
        `${path}/${saidBy(error).trim()} is a link: hostout keeps its files in the folder of the site, and follows no link`,
        "Move the folder that the link leads to into the place of the link.",
      );
    case exits.noFolder:
      return told(`there is no ${path}`, "Deploy the site first.");
    default:
      return isHostoutError(error) && error.status !== undefined
        ? scriptFailure(error, { host, path, site })
        : error;
  }
}

function saidBy(error: unknown): string {
  return (
    /' ended with \d+(?: \([^)]*\))?: (.*)$/s.exec(error instanceof Error ? error.message : "")?.[1] ?? ""
  );
}

/** The host's error from a script, without the text of the script. */
function scriptFailure(error: HostoutError, { host, path, site }: StorePlace): HostoutError {
  const why =
    saidBy(error).replaceAll(/^(?:hostout|sh): (?:line )?(?:\d+: )?/gm, "") ||
    `a script ended with ${error.status}`;
  const isClosed = error.status !== 126 && /permission denied|not permitted/i.test(why);
  const isReadOnly = /read-only file system/i.test(why);
  return new HostoutError({
    code: error.code,
    message: `${host}: ${path}: ${why}`,
    hint: isReadOnly
      ? `The host has mounted the file system of ${path} read-only: 'findmnt -T ${path}' and 'dmesg' there say more.`
      : isClosed
        ? `Give ${path}, with releases and .hostout in it, to the owner of the site (effective-user, or the login user).`
        : error.code === "disk-full"
          ? `Remove releases that are not needed any more: hostout ${site} cleanup`
          : error.hint,
    host,
    status: error.status,
    cause: error,
  });
}

/** The error for a site that was never deployed to the path. */
export function noStore({ name: host }: Connection, path: string): HostoutError {
  return new HostoutError({
    code: "refused",
    message: `${host}: nothing was deployed to ${path} yet`,
    hint: "Deploy the site first.",
    host,
  });
}

/** The error for a folder of root that the owner of the site cannot enter. */
export function closedError({ name: host, user }: Connection, path: string): HostoutError {
  return new HostoutError({
    code: "refused",
    message: `${host}: ${user || "the account"} may not enter ${path}`,
    hint: "Let that account enter the folders above it, or give path another one.",
    host,
  });
}

/** The error for a lock of another run, or for a host that receives no input. `state` names the lock holder. */
export async function lockedError(
  cause: unknown,
  connection: Connection,
  { host, path, site = "SITE" }: StorePlace,
  state: () => Promise<StoreState>,
): Promise<HostoutError> {
  if (await losesInput(connection)) return inputLost(connection);
  const who = (await state()).lockedBy;
  return new HostoutError({
    code: "locked",
    message: `${host}: ${path} is being changed by ${who ?? "another run"}`,
    hint: `Wait for its end. The lock is free as soon as that run ends, however it does; 'hostout ${site} unlock' ends it.`,
    host,
    cause,
  });
}

/** Checks whether the input of a command gets lost. */
async function losesInput(connection: Connection): Promise<boolean> {
  const word = "hostout reads this";
  const read = connection.run(["cat"], { input: `${word}\n`, quiet: true, title: "read the input" });
  return read.then(
    ({ stdout }) => !stdout.includes(word),
    () => false,
  );
}

/** The error for a `read` or `cat` in .bashrc, which bash runs for each command over ssh. */
function inputLost({ name: host, user }: Connection): HostoutError {
  return new HostoutError({
    code: "refused",
    message: `${host}: the lock cannot be held: a start file of ${user || "the account"}'s login shell (as .bashrc) reads the input of commands`,
    hint: "Let that file end first where there is no terminal: [ -t 0 ] || return",
    host,
  });
}

/** The error for a cut answer: half of an answer may lack the release to roll back to. */
export function cutState(host: string, path: string): HostoutError {
  return new HostoutError({
    code: "connection-lost",
    message: `${host}: the list of the releases in ${path} did not arrive whole; nothing was changed`,
    hint: "Try again.",
    host,
  });
}
