import { HostoutError } from "@hostout/kit";

/** A file or a folder that would be left out, as it cannot be read. */
export function unreadable(path: string, cause: unknown): HostoutError {
  const { code } = cause as NodeJS.ErrnoException;
  const why = code === "ENOENT" ? "went away while it was packaged" : `cannot be read (${code})`;
  return new HostoutError({ code: "failed", message: `${path} ${why}`, cause });
}
