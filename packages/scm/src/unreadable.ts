import { join } from "node:path";
import { HostoutError } from "@hostout/kit";

/** The error for a file or a folder that hostout cannot read, and would leave out. */
export function unreadable(path: string, cause: unknown): HostoutError {
  const { code } = cause as NodeJS.ErrnoException;
  const why = code === "ENOENT" ? "went away while it was packaged" : `cannot be read (${code})`;
  return new HostoutError({ code: "failed", message: `${path} ${why}`, cause });
}

/**
 * Refuses folders that the version control program could not read and left out. The program ends with 0 all the same.
 *
 * @param form matches a line about such a folder: its name within `folder`, and the reason
 */
export function refuseUnread(folder: string, form: RegExp): (said: string) => void {
  return (said) => {
    const [, name, why] = form.exec(said) ?? [];
    if (name === undefined) return;
    throw new HostoutError({
      code: "failed",
      message: `${join(folder, name)} cannot be read (${why})`,
      hint: "The package would lack it. If the project does not need it, let version control ignore it.",
    });
  };
}
