import { HostoutError } from "@hostout/kit";

/** Whether a name was read from bytes that are no UTF-8. */
export const isBroken = (name: string): boolean => name.includes("\uFFFD");

/** A file that could not be found again by its name, and would be left out. */
export function notUtf8(path: string): HostoutError {
  return new HostoutError({
    code: "failed",
    message: `the name of ${path} is not UTF-8`,
    hint: "Rename the file: convmv -f latin1 -t utf-8 --notest FILE",
  });
}
