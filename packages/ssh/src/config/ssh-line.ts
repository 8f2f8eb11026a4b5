import { quote } from "@hostout/kit";
import type { SshSettings, SshWish } from "./ssh-settings.ts";

/** Returns the command line with which a user logs in to the host as hostout does. */
export function sshLine(
  { host, jump, environment: { HOSTOUT_SSH_CONFIG: file } }: SshWish,
  { user, port }: Pick<SshSettings, "user" | "port">,
  identityFile: string | undefined,
): string {
  const words = [
    ...(file ? ["-F", file] : []),
    ...(identityFile === undefined ? [] : ["-i", identityFile]),
    ...(jump === undefined ? [] : ["-J", jump.replaceAll(/\s/g, "")]),
    ...(port === 22 ? [] : ["-p", String(port)]),
    `${user}@${host}`,
  ];
  return ["ssh", ...words.map(quote)].join(" ");
}
