import { join } from "node:path";
import { HostoutError } from "@hostout/kit";

/** A file or a folder that would be left out, as it cannot be read. */
export function unreadable(path: string, cause: unknown): HostoutError {
  const { code } = cause as NodeJS.ErrnoException;
  const why = code === "ENOENT" ? "went away while it was packaged" : `cannot be read (${code})`;
  return new HostoutError({ code: "failed", message: `${path} ${why}`, cause });
}

/**
 * Refuses folders that version control left out because it could not read them; it ends well all the same.
 *
 * @param form what it says of one: its name within `folder`, and why
 */
export function refuseUnread(folder: string, form: RegExp): (said: string) => void {
  return (said) => {
    const [, name, why] = form.exec(said) ?? [];
    if (name === undefined) return;
    throw new HostoutError({
      code: "failed",
      message: `${join(folder, name)} cannot be read (${why})`,
      hint: "It would be left out. If it is no part of the project, have version control ignore it.",
    });
  };
}
