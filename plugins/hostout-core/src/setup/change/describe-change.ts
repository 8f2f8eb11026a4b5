import type { Change } from "./changes.ts";

/** Describes a change that `setup` will make, in a line for people. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case "packages":
      return `install ${change.names.join(", ")} from the packages of the system`;
    case "group":
      return `make the group ${change.name}`;
    case "account":
      return `make the account ${change.name} with the home ${change.home}${change.group === undefined ? "" : ` and the group ${change.group}`}, without a password`;
    case "member":
      return `add ${change.name} to the group ${change.group}`;
    case "home":
      return `make ${change.home}, the home of ${change.name}`;
    case "key": {
      const key =
        change.makes === undefined
          ? "the key of this machine"
          : `a new key of this machine (${change.makes})`;
      return `let ${change.login} log in with ${key}`;
    }
    case "sudoers":
      return `write ${change.file}: ${change.lines.join("; ")}`;
    case "path":
      return `make ${change.path} for ${change.owner}`;
    case "archive":
      return `install Node from ${change.archive.url}, with the hash ${change.archive.sum.slice(0, 12)}…`;
    case "commands":
      return `run the ${change.lines.length === 1 ? "line" : `${change.lines.length} lines`} of bootstrap-command as root`;
  }
}
