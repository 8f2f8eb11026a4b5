import { hostname, userInfo } from "node:os";

/** Who deploys: `ann@laptop`. */
export function who(): string {
  let user = String(process.getuid?.() ?? "someone");
  try {
    user = userInfo().username;
  } catch {
    // An account without a name, as containers have it.
  }
  return `${user}@${hostname()}`;
}
