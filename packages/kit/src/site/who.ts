import { hostname, userInfo } from "node:os";

/** The account and the computer that run hostout: `ann@laptop`. */
export function who(): string {
  let user = String(process.getuid?.() ?? "someone");
  try {
    user = userInfo().username;
  } catch {
    // An account without a name, as containers have it.
  }
  return `${user}@${hostname()}`;
}
