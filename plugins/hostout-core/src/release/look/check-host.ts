import { HostoutError, type Outcome, quotePath } from "@hostout/kit";
import { lockCell, siteStore, warnOfOtherSite } from "@hostout/releases";
import { lookCell, packagedValue } from "../values/cells.ts";
import type { OnHost } from "../values/release-options.ts";
import { askFacts } from "./host-facts.ts";
import { kindOfSite } from "./kind-of-site.ts";
import { programsOfHere } from "./programs-of-here.ts";
import { refusedAccounts, refusedRoot } from "./refused-accounts.ts";
import { refusedForwards } from "./refused-forwards.ts";
import { lackOfRoom } from "./room-for-release.ts";
import { warnOfDrift } from "./warn-of-drift.ts";

/** Looks whether a host can take a release, before anything is changed there: reach, programs, rights, disk, lock, drift. */
export async function checkHost(context: OnHost): Promise<Outcome> {
  const { host, options, remote, resultOf, shared, site } = context;
  const store = await siteStore(context);
  const packaged = resultOf(packagedValue);
  const kind = kindOfSite(context);
  const question = await askFacts(context);
  const [python = ""] = question.words;
  // Within a deploy, what it looked at just now.
  const before = shared.get(lookCell);
  shared.delete(lookCell);
  const [{ state, isTouched, further = "" }, refused, forwards, ofHere] = await Promise.all([
    before?.further === undefined ? store.look(question) : before,
    refusedAccounts(context, kind),
    refusedForwards(context),
    kind === undefined ? [] : programsOfHere(context, store.path),
  ]);
  const facts = new Map(further.split("\n").map((line) => [line.split("\t")[0], line.split("\t")[1] ?? ""]));
  const { lockedBy, served, foreign } = state;
  const isLocked = lockedBy !== undefined && !shared.has(lockCell);
  const account = remote.as("effective").user || "the account";
  const noRoom = lackOfRoom(facts, store.path, packaged);
  const freeBytes = Number(facts.get("free") ?? 0) * 1024;
  const missing = facts.get("missing") ?? "";
  const isRootMaker = facts.has("above") && !facts.has("system");
  const notMade = isRootMaker
    ? await refusedRoot(context, `${store.path}, as ${account} may not write to ${facts.get("above")}`)
    : [];
  const found: readonly (string | false)[] = [
    facts.has("blocked") && `${facts.get("blocked")} is no folder: move it away, or give path another one`,
    missing &&
      `${missing.trim().split(" ").join(", ")} ${missing.trim().includes(" ") ? "are" : "is"} not there (on Debian: apt install util-linux coreutils findutils diffutils grep sed tar gzip)`,
    facts.get("mv") === "no" && "mv does not know -T, so nothing could be switched at once",
    facts.has("closed") && `${account} may not enter ${facts.get("closed")}`,
    facts.has("read-only") &&
      `${facts.get("read-only")} is on a file system that is mounted read-only ('findmnt -T ${facts.get("read-only")}' and 'dmesg' there say more)`,
    facts.has("unwritable") &&
      `${account} may not write to ${facts.get("unwritable")}${ofAnother(context, account, facts.get("holder"))}`,
    facts.get("system") === "yes" &&
      `${store.path} is a folder of the system: give the site one of its own, as /srv/${site.name}`,
    facts.has("nested") &&
      `${store.path} is in the releases or the store of the site at ${facts.get("nested")}, which would remove it. Give the site its own folder, as /srv/${site.name}`,
    facts.has("unguarded") &&
      `other accounts may write to ${facts.get("unguarded")}, and could lead root elsewhere by a link. Let the owner of the site deploy (effective-user), or give path a place that only root can change${lineForOwner(context, facts.get("owner"))}`,
    facts.has("elsewhere") &&
      `${store.path}/releases leads to ${facts.get("elsewhere")}, so var of a release would not be that of the site: let path lead there`,
    facts.get("mounted") === "yes" &&
      `${store.path}/.hostout is on another file system than ${store.path}, so nothing could be switched at once: let both be on one`,
    facts.has("var") &&
      `${store.path}/var is a link to ${facts.get("var")}, which does not exist: mount its disk, or make that folder`,
    facts.get("current") === "no" && `${store.path}/current is no link: move it away`,
    ...noRoom,
    facts.get("buildout") === "no" &&
      `${python} has neither zc.buildout nor what makes a virtualenv for it (on Debian: apt install python3-zc.buildout)`,
    ...notMade,
    ...refused,
    ...forwards,
    ...ofHere,
    isLocked && `a run of ${lockedBy} holds the lock`,
  ];
  const faults = found.filter((one) => one !== false && one !== "") as readonly string[];
  if (isLocked && faults.length === 1) throw fault(context, faults, "locked");
  if (faults.length > 0) throw fault(context, faults, "refused", noRoom.length > 0);
  if (served === undefined && foreign === undefined) await store.inPlace(options.links);
  warnOfOtherSite(context, store, state);
  const drift = served !== undefined && isTouched ? await warnOfDrift(context, store, served) : undefined;
  return {
    status: "ok",
    note: `${host.name} can take a release`,
    detail: true,
    value: {
      ...{ freeBytes, served },
      ...{ driftFiles: drift?.files.length ?? 0, hasMoreDrift: drift?.isCut ?? false },
    },
  };
}

/** The line that lets the account deploy that owns the folder. */
function lineForOwner({ options, site }: OnHost, owner = "root"): string {
  if (options.effectiveUser !== undefined || owner === "root") return "";
  return `; for ${owner}, add to [${site.name}]: effective-user = ${owner}`;
}

/** The owner of a folder to which the account may not write, and the cure. */
function ofAnother({ options, site }: OnHost, account: string, owner = ""): string {
  if (owner === "" || owner === account) return "";
  const use =
    options.effectiveUser !== undefined || owner === "root"
      ? ""
      : `add to [${site.name}]: effective-user = ${owner}; or `;
  return `, which belongs to ${owner}: ${use}give it to ${account} on the host: chown -R ${account} ${quotePath(options.path)}`;
}

function fault(
  { host, site }: OnHost,
  faults: readonly string[],
  code: "locked" | "refused",
  isFull = false,
): HostoutError {
  return new HostoutError({
    code,
    message: `${host.name}: ${faults.join("; ")}`,
    hint:
      code === "locked"
        ? `Wait for its end, or end it: hostout ${site.name} unlock`
        : isFull
          ? `Nothing was changed there. To remove releases that are not needed any more: hostout ${site.name} cleanup`
          : `Nothing was changed there. To look again: hostout ${site.name} check`,
    host: host.name,
  });
}
