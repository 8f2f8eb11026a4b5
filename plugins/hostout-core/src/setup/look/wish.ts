import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { HostoutError } from "@hostout/kit";
import { hostPython } from "../../release/look/interpreters.ts";
import { kindOfSite } from "../../release/look/kind-of-site.ts";
import type { OnNewHost } from "../setup-options.ts";
import { type Archive, parseArchive } from "../system/archive.ts";
import type { Runtime } from "../system/package-lines.ts";

/** The accounts, rights and programs that a site wants on a host. */
export interface Wish {
  readonly site: string;
  /** Folder of the site, as the option has it. */
  readonly path: string;
  readonly login: string;
  readonly owner: string;
  /** Without root. The login user is first. */
  readonly accounts: readonly string[];
  /** The members of the group. */
  readonly members: readonly string[];
  readonly group: string | undefined;
  /** Folder of the homes. */
  readonly homes: string;
  /** Accounts that the login user becomes by sudo. */
  readonly becomes: readonly string[];
  readonly moreSudoers: readonly string[];
  readonly runtime: Exclude<Runtime, "sudo"> | undefined;
  /** Archive of Node in the place of packages. */
  readonly archive: Archive | undefined;
  /** The interpreter of a Python site. */
  readonly python: string | undefined;
  /** Command lines in the place of the packages of the runtime. */
  readonly commands: readonly string[];
  /** The hash of these lines. */
  readonly commandsSum: string;
}

/**
 * Reads the wishes of a site.
 *
 * @throws HostoutError `bad-option` for a name that no account may have on every system
 */
export async function wishOf(context: OnNewHost): Promise<Wish> {
  const { host, options, site } = context;
  const { effectiveUser, buildoutUser, buildoutGroup: group, setupHome, setupRoot, path } = options;
  const login = host.user ?? "root";
  const owner = effectiveUser ?? login;
  const named = [
    ["user", login],
    ["effective-user", owner],
    ["buildout-user", buildoutUser ?? login],
    ["buildout-group", group ?? login],
  ] as const;
  for (const [option, name] of named) {
    if (/^[A-Za-z_][\w.-]{0,30}$/.test(name)) continue;
    throw new HostoutError({
      code: "bad-option",
      message: `[${site.name}] ${option}: '${name}' is no name of an account: letters, digits, '_', '-' and '.', at most 31`,
      origin: site.values.get(option)?.origin ?? site.origin,
    });
  }
  const members = [...new Set([owner, buildoutUser ?? owner])].filter((name) => name !== "root");
  const others = [...members, ...(setupRoot ? ["root"] : [])];
  return {
    ...{ site: site.name, path, login, owner, group, homes: setupHome },
    members: group === undefined ? [] : members,
    accounts: [...new Set([login, ...members])].filter((name) => name !== "root"),
    becomes: login === "root" ? [] : others.filter((name) => name !== login),
    moreSudoers: options.setupSudoers ?? [],
    archive: options.nodeArchive === undefined ? undefined : parseArchive(options.nodeArchive),
    ...(await runtimeOf(context)),
  };
}

async function runtimeOf(
  context: OnNewHost,
): Promise<Pick<Wish, "runtime" | "python" | "commands" | "commandsSum">> {
  const { bootstrapCommand: commands = [] } = context.options;
  const commandsSum = createHash("sha256").update(commands.join("\n")).digest("hex");
  const kind = kindOfSite(context);
  const has = (name: string) => existsSync(join(dirname(context.site.config), name));
  const isPython =
    kind === "buildout" ||
    (kind === "application" && ["pyproject.toml", "requirements.txt", "setup.py"].some(has));
  const isNode = kind === "application" && has("package.json");
  const python = isPython && !isNode ? await hostPython(context) : undefined;
  return {
    runtime: isNode ? "node" : python === undefined ? undefined : "python",
    python,
    commands,
    commandsSum,
  };
}
