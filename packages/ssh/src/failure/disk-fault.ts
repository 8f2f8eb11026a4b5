/** A fault of a file system that a program reports. */
export interface DiskFault {
  /** Undefined: the error keeps the code of the failed command. */
  readonly code: "disk-full" | undefined;
  /** A clause for a message. */
  readonly what: string;
  readonly hint: string;
}

/**
 * Finds a file system fault in a program's error output. Undefined if the output reports none.
 *
 * @param where the machine that was written to
 * @param path a path of the file system, if known
 */
export function diskFault(said: string, where: string, path?: string): DiskFault | undefined {
  if (/no space left on device|disk quota exceeded/i.test(said))
    return {
      code: "disk-full",
      what: "the disk is full",
      hint: `Free space on ${where} ('df', and 'df -i' for how many files), then try again.`,
    };
  if (/read-only file system/i.test(said))
    return {
      code: undefined,
      what: "the file system is mounted read-only",
      hint: `The file system on ${where} is mounted read-only: '${path === undefined ? "findmnt" : `findmnt -T ${path}`}' and 'dmesg' there say more.`,
    };
  return undefined;
}
