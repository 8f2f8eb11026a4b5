import { HostoutError, isHostoutError } from "@hostout/kit";
import type { StoreState } from "@hostout/releases";
import type { Administrator } from "../host/administrator.ts";
import { type InstalledUnit, refuseForeign } from "../host/look-at-units.ts";
import { scriptError } from "../host/script-error.ts";
import { applyScript, lingerScript } from "../host/scripts.ts";
import type { OnHost } from "../options.ts";
import { lineDiff } from "../unit/line-diff.ts";
import type { Unit } from "../unit/unit.ts";
import { bundleOf } from "../unit/unit-bundle.ts";
import type { Wanted } from "./units-of-release.ts";

/** The changes of units that an installation makes, by their names. */
export interface UnitChanges {
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Makes the units of the host equal to the wanted ones, if they differ, and prints each difference.
 *
 * @throws HostoutError `refused` for a unit of others, `command-failed` for units that systemd refuses
 */
export async function installUnits(
  context: OnHost,
  admin: Administrator,
  { units, found, isNew }: Wanted,
  { served = "", releases }: StoreState,
): Promise<UnitChanges> {
  refuseForeign(context, found);
  const own = new Map(found.own.map((unit) => [unit.name, unit]));
  const wanted = new Set(units.map(({ name }) => name));
  const changed = units.filter((unit) => isOther(unit, own.get(unit.name)));
  const removed = found.own.filter(({ name }) => !wanted.has(name));
  for (const { name, text } of changed) show(context, name, own.get(name)?.text, text);
  for (const { name } of removed) context.note(`${name} is removed`);
  const changes = { changed: changed.map(({ name }) => name), removed: removed.map(({ name }) => name) };
  if (changed.length + removed.length === 0 && !isNew) return changes;
  await linger(context);
  const { remote, words, key } = admin;
  const names = releases.map(({ name }) => name).join(" ");
  try {
    const { stdout } = await remote.run(words(applyScript, key, served, names), {
      input: bundleOf(units),
      quiet: true,
      title: `install ${units.map(({ name }) => name).join(", ") || "no units"}`,
    });
    for (const [, finding] of stdout.matchAll(/^warning (.*)$/gm))
      context.warn(`systemd-analyze: ${finding}`);
  } catch (error) {
    throw scriptError(context, error);
  }
  return changes;
}

function isOther({ text }: Unit, own: InstalledUnit | undefined): boolean {
  return own?.text !== text || (text.includes("\n[Install]\n") && !own.isEnabled);
}

function show({ note, detail }: OnHost, name: string, before: string | undefined, after: string): void {
  note(before === undefined ? `${name} is new` : `${name} changes`);
  // A new unit has more lines than the rest of a deploy.
  for (const line of lineDiff(before ?? "", after)) (before === undefined ? detail : note)(`  ${line}`);
}

/**
 * Lets the manager of the owner run without a login. Without that, the services would end with the last login.
 *
 * @throws HostoutError `refused` if the host allows that only to root
 */
async function linger({ host, options, remote }: OnHost): Promise<void> {
  if (options.serviceScope !== "user") return;
  const owner = remote.as("effective");
  const by = remote.user === "root" ? remote : owner;
  const words = ["sh", "-c", lingerScript, "hostout", owner.user];
  await by.run(words, { quiet: true, title: "enable lingering" }).catch((error: unknown) => {
    if (!isHostoutError(error) || error.code !== "command-failed") throw error;
    throw new HostoutError({
      code: "refused",
      message: `${host.name}: the manager of ${owner.user} cannot run without a login: ${error.message}`,
      hint: `Run once on the host, as root: loginctl enable-linger ${owner.user}`,
      host: host.name,
      cause: error,
    });
  });
}
