import { createHash } from "node:crypto";
import type { Family } from "./family.ts";

/** The rights that a login user gets by sudo. */
export interface SudoRights {
  readonly site: string;
  /** Folder of the site on its hosts. */
  readonly path: string;
  readonly login: string;
  /** Accounts that the login user may become without a password. */
  readonly becomes: readonly string[];
  /** Further lines of the site's configuration. */
  readonly more: readonly string[];
}

/** Returns the folder of drop-ins, which /etc/sudoers includes. */
export function sudoersFolder(family: Family | undefined): string {
  return family === "freebsd" ? "/usr/local/etc/sudoers.d" : "/etc/sudoers.d";
}

/** Returns the name of the drop-in of a site. sudo skips names with a dot, so such a site gets a hash instead. */
export function sudoersName(site: string): string {
  if (/^[\w-]+$/.test(site)) return `hostout-${site}`;
  const sum = createHash("sha256").update(site).digest("hex").slice(0, 8);
  return `hostout-${site.replaceAll(/[^\w-]/g, "_")}-${sum}`;
}

/** Returns the first line of a drop-in. A drop-in with another first line is not that of the site. */
export function sudoersHead({ site, path }: Pick<SudoRights, "site" | "path">): string {
  return `# hostout: site ${JSON.stringify(site)} at ${JSON.stringify(path)}`;
}

/**
 * Returns the text of the drop-in, or undefined where the login user needs no rights. hostout runs all commands of
 * another account in its /bin/sh. So a right to fewer programs would give nothing more away, and nothing less.
 */
export function sudoersText(rights: SudoRights): string | undefined {
  const { login, becomes, more } = rights;
  if (becomes.length === 0 && more.length === 0) return undefined;
  const own =
    becomes.length === 0
      ? []
      : [`Defaults:${login} !requiretty`, `${login} ALL=(${becomes.join(", ")}) NOPASSWD: /bin/sh`];
  return [sudoersHead(rights), "# hostout SITE setup writes this file.", ...own, ...more, ""].join("\n");
}
