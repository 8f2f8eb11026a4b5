import { type Command, sh } from "@hostout/kit";
import type { Family } from "./family.ts";

/** An account to make. */
export interface NewAccount {
  readonly name: string;
  readonly home: string;
  /** Its first group. Undefined: a group of its own name. */
  readonly group: string | undefined;
}

/**
 * Returns the command lines that make an account, as root. The account has a home and a shell, and no password: `*`
 * is a hash that no password has. A locked one (`!`) would refuse keys too, where sshd does without PAM.
 */
export function accountLines(family: Family, { name, home, group }: NewAccount): readonly Command[] {
  if (family === "freebsd") {
    const own = group === undefined ? [] : ["-g", group];
    return [["pw", "useradd", name, "-m", "-d", home, "-s", "/bin/sh", ...own, "-w", "no"]];
  }
  if (family === "alpine") {
    const own = group === undefined ? [] : ["-G", group];
    return [
      ["adduser", "-D", "-h", home, "-s", "/bin/sh", ...own, name],
      sh`echo ${`${name}:*`} | chpasswd -e`,
    ];
  }
  const own = group === undefined ? ["-U"] : ["-g", group];
  return [["useradd", "-m", "-d", home, "-s", "/bin/bash", "-p", "*", ...own, name]];
}

/** Returns the command line that makes a group, as root. */
export function groupLine(family: Family, group: string): Command {
  if (family === "freebsd") return ["pw", "groupadd", group];
  return [family === "alpine" ? "addgroup" : "groupadd", group];
}

/** Returns the command line that adds an account to a group, as root. */
export function memberLine(family: Family, account: string, group: string): Command {
  if (family === "freebsd") return ["pw", "groupmod", group, "-m", account];
  return family === "alpine" ? ["addgroup", account, group] : ["usermod", "-a", "-G", group, account];
}
