import { hostname, userInfo } from "node:os";

/** Returns the account and the computer that run hostout: `ann@laptop`. */
export function who(): string {
  let user = String(process.getuid?.() ?? "someone");
  try {
    user = userInfo().username;
  } catch {
    // The account has no name. This happens in containers.
  }
  return `${user}@${hostname()}`;
}

/** A run of hostout, as locks and logs of hosts name it: `ann@laptop, process 4711`. */
export function lockHolder(by: string = who(), pid: number = process.pid): string {
  return `${by}, process ${pid}`.slice(0, 200);
}
