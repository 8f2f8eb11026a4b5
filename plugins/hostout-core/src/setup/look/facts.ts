import { parseOsRelease, type System } from "../system/os-release.ts";

/** An account that a host has. */
export interface HostAccount {
  readonly uid: number;
  readonly home: string;
  readonly shell: string;
  /** `barred`: without a password and without `*`, so that sshd without PAM refuses its keys. */
  readonly lock: "locked" | "expired" | "barred" | undefined;
  readonly hasHome: boolean;
}

/** The facts of a host that `setup` compares with the wishes of a site. */
export interface HostFacts {
  readonly system: System;
  readonly accounts: ReadonlyMap<string, HostAccount>;
  readonly hasGroup: boolean;
  /** Accounts that are in the group. */
  readonly members: readonly string[];
  /** Whether the login user's keys have the key of the site. */
  readonly hasKey: boolean;
  readonly sudoers: { readonly is: "none" | "same" | "other"; readonly head: string };
  /** Programs that the host has: `sudo`, `visudo`, `node`, and `python` where that can build. */
  readonly programs: readonly string[];
  readonly hasPath: boolean;
  /** Whether the command lines of the site have run. */
  readonly hasRunCommands: boolean;
}

/** Parses the output of the script in `facts-script.ts`. Undefined: its end is missing, so another program answered. */
export function parseFacts(text: string, hostos?: string): HostFacts | undefined {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const of = (kind: string) => lines.filter(([first]) => first === kind).map(([, ...rest]) => rest);
  if (of("end").length === 0) return undefined;
  const release = of("os").map((words) => words.join("\t"));
  const [is = "none", head = ""] = of("sudoers")[0] ?? [];
  return {
    system: parseOsRelease(hostos === undefined ? release.join("\n") : `ID=${hostos}`),
    accounts: new Map(of("account").map(([name = "", ...rest]) => [name, accountOf(rest)])),
    hasGroup: of("group").length > 0,
    members: of("member").map(([name = ""]) => name),
    hasKey: of("key").length > 0,
    sudoers: { is: is as HostFacts["sudoers"]["is"], head },
    programs: of("program").map(([name = ""]) => name),
    hasPath: of("path").length > 0,
    hasRunCommands: of("commands").length > 0,
  };
}

function accountOf([uid, home = "", shell = "", lock, hasHome]: readonly string[]): HostAccount {
  return {
    uid: Number(uid),
    home,
    shell,
    lock: lock === "" ? undefined : (lock as HostAccount["lock"]),
    hasHome: hasHome === "yes",
  };
}
