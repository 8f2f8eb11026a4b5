import { HostoutError } from "@hostout/kit";

/** Returns whether a name came from bytes that are not UTF-8. */
export const isBroken = (name: string): boolean => name.includes("\uFFFD");

/** The error for a file that hostout could not find again by its name, and would leave out. */
export function notUtf8(path: string): HostoutError {
  return new HostoutError({
    code: "failed",
    message: `the name of ${path} is not UTF-8`,
    hint: "Rename the file: convmv -f latin1 -t utf-8 --notest FILE",
  });
}
