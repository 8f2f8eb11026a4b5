import type { SshSettings } from "../config/ssh-settings.ts";
import { acceptedWarning, uncheckedWarning } from "./host-key.ts";

/** Matches ssh's warning about a key that differs from the known one, or is revoked. */
export const changedOrRevoked = /IDENTIFICATION HAS CHANGED|REVOKED HOST KEY/;

/** Returns ssh's warnings about a key that it accepted by itself. */
export function keyWarnings(
  said: string,
  { strictHostKeyChecking, rememberedIn }: SshSettings,
): readonly string[] {
  if (!/^(?:no|accept-new)$/.test(strictHostKeyChecking)) return [];
  const place = /^Offending \S+ key in (.*:\d+)\r?$/m.exec(said)?.[1];
  const shown = /^The fingerprint for the (\S+) key sent by the remote host is\s+(SHA256:\S+?)\.?\r?$/m.exec(
    said,
  );
  if (/REVOKED HOST KEY/.test(said)) return [uncheckedWarning("its key is marked as revoked")];
  if (/IDENTIFICATION HAS CHANGED/.test(said)) {
    const now = shown ? `: now ${shown[2]} (${shown[1]})` : "";
    return [uncheckedWarning(`its key is not the one in ${place ?? "the files of known hosts"}${now}`)];
  }
  const added = /^Warning: Permanently added .* \((\S+)\) to the list/m.exec(said)?.[1];
  return added === undefined ? [] : [acceptedWarning(added, strictHostKeyChecking, rememberedIn)];
}
