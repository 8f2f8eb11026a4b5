import { homedir } from "node:os";

/** Replaces a leading `~/` of a path by the home of the user who runs hostout. */
export function expandHome(path: string, environment: Readonly<Record<string, string | undefined>>): string {
  return path.replace(/^~(?=\/)/, () => environment.HOME ?? homedir());
}
