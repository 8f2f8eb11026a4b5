import { homedir } from "node:os";

/** A path whose leading `~/` is the home of whoever runs hostout. */
export function expandHome(path: string, environment: Readonly<Record<string, string | undefined>>): string {
  return path.replace(/^~(?=\/)/, () => environment.HOME ?? homedir());
}
