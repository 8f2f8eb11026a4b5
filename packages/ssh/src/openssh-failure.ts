import { tmpdir } from "node:os";
import { HostoutError, reportError } from "@hostout/kit";
import type { SshSettings } from "./ssh-settings.ts";

/** Why the system's ssh got no session, by what it said. */
export function opensshFailure(label: string, settings: SshSettings, said: unknown): HostoutError {
  const text = reportError(said).message;
  const line =
    text
      .split("\n")
      .filter(Boolean)
      .at(-1)
      ?.replace(/\.?\r?$/, "") ?? "it said nothing";
  const place = `${settings.hostname} port ${settings.port}`;
  const about = { host: label, cause: said };
  if ((said as NodeJS.ErrnoException).code === "ENOENT") {
    const hint = "Install the ssh client, or leave the option transport out.";
    return new HostoutError({
      code: "unreachable",
      message: "there is no ssh on this machine",
      hint,
      ...about,
    });
  }
  // Its name has the folder in it, and some 100 bytes at most.
  if (/too long for Unix domain socket/.test(text)) {
    return new HostoutError({
      code: "usage",
      message: `ssh can make no socket in ${tmpdir()}: its name would be too long`,
      hint: "Name a shorter folder for temporary files: TMPDIR=/tmp hostout …; or leave the option transport out.",
      ...about,
    });
  }
  if (/Host key verification failed|IDENTIFICATION HAS CHANGED|host key is known|REVOKED/i.test(text)) {
    const hint = `Compare its key with the host's, then connect once with: ssh ${settings.hostname}${settings.port === 22 ? "" : ` -p ${settings.port}`}`;
    return new HostoutError({
      code: "host-key",
      message: `${label} is not trusted: ${keyLine(text)}`,
      hint,
      ...about,
    });
  }
  if (/Permission denied|Too many authentication failures/.test(text)) {
    const hint = `Does 'ssh -p ${settings.port} ${settings.user}@${settings.hostname}' work? See the options user and identity-file.`;
    const message = `${label} does not let ${settings.user} log in (${place}): ${line}`;
    return new HostoutError({ code: "login-refused", message, hint, ...about });
  }
  const hint = "Is the host up, and is the option host right?";
  return new HostoutError({
    code: "unreachable",
    message: `${label} cannot be reached (${place}): ${line}`,
    hint,
    ...about,
  });
}

function keyLine(text: string): string {
  const line = text
    .split("\n")
    .find((one) => /IDENTIFICATION HAS CHANGED|No .* host key is known|REVOKED/.test(one));
  return (line ?? "Host key verification failed")
    .replaceAll(/[@\r]/g, "")
    .trim()
    .replace(/[.!]+$/, "");
}
