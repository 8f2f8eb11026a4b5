import type { HostFacts } from "../look/facts.ts";
import type { Wish } from "../look/wish.ts";
import type { Archive } from "../system/archive.ts";
import { familyOf } from "../system/family.ts";
import { packagesFor, type Runtime } from "../system/package-lines.ts";
import { sudoersFolder, sudoersHead, sudoersName, sudoersText } from "../system/sudoers.ts";

/** One change of a host, as data. */
export type Change =
  | { readonly kind: "packages"; readonly names: readonly string[] }
  | { readonly kind: "group"; readonly name: string }
  | {
      readonly kind: "account";
      readonly name: string;
      readonly home: string;
      readonly group: string | undefined;
    }
  | { readonly kind: "member"; readonly name: string; readonly group: string }
  | { readonly kind: "home"; readonly name: string; readonly home: string }
  | { readonly kind: "key"; readonly login: string; readonly makes: string | undefined }
  | {
      readonly kind: "sudoers";
      readonly file: string;
      readonly text: string;
      readonly lines: readonly string[];
    }
  | { readonly kind: "path"; readonly path: string; readonly owner: string }
  | { readonly kind: "archive"; readonly archive: Archive }
  | { readonly kind: "commands"; readonly lines: readonly string[] };

/** The changes that a host needs, for each part of `setup`, and the faults that keep `setup` from the host. */
export interface Changes {
  readonly faults: readonly string[];
  readonly users: readonly Change[];
  readonly runtime: readonly Change[];
  readonly folder: readonly Change[];
}

/** The wishes of a site, and the key that its login user gets. */
export interface FurtherWish extends Wish {
  /** File of the key that this machine makes first. Undefined: the key exists. */
  readonly makesKey: string | undefined;
}

/** Compares the wishes of a site with the facts of a host. Pure. */
export function changesOf(wish: FurtherWish, facts: HostFacts): Changes {
  return {
    faults: [...accountFaults(wish, facts), ...sudoersFaults(wish, facts), ...packageFaults(wish, facts)],
    users: [...accountChanges(wish, facts), ...keyChanges(wish, facts), ...sudoersChanges(wish, facts)],
    runtime: runtimeChanges(wish, facts),
    folder:
      wish.path.startsWith("/") && !facts.hasPath
        ? [{ kind: "path", path: wish.path, owner: wish.owner }]
        : [],
  };
}

/** Returns the drop-in that a site wants on a host. */
export function wantedSudoers(wish: Wish): string | undefined {
  return sudoersText({ ...wish, more: wish.moreSudoers });
}

function sudoersFile({ site }: Wish, { system }: HostFacts): string {
  return `${sudoersFolder(familyOf(system.ids))}/${sudoersName(site)}`;
}

function accountFaults({ accounts, homes, login }: FurtherWish, facts: HostFacts): readonly string[] {
  return accounts.flatMap((name) => {
    const found = facts.accounts.get(name);
    if (!found) return [];
    const wanted = `${homes}/${name}`;
    // Accounts of the system, such as www-data, have homes of their own.
    const isOfPeople = found.uid >= 1000;
    return [
      ...(isOfPeople && found.home !== wanted
        ? [
            `the account ${name} exists with the home ${found.home}, and not ${wanted}: setup-home names the folder of the homes`,
          ]
        : []),
      ...(found.lock === "locked"
        ? [`the account ${name} is locked. Unlock it as root there: usermod -U ${name}`]
        : []),
      ...(found.lock === "expired"
        ? [`the account ${name} has expired. Renew it as root there: chage -E -1 ${name}`]
        : []),
      ...(name === login && /\/(nologin|false)$/.test(found.shell)
        ? [
            `the account ${name} has the shell ${found.shell}, which nobody can log in with: name another user`,
          ]
        : []),
    ];
  });
}

function sudoersFaults(wish: FurtherWish, facts: HostFacts): readonly string[] {
  const text = wantedSudoers(wish);
  const file = sudoersFile(wish, facts);
  const { is, head } = facts.sudoers;
  if (text === undefined || is !== "other" || head === "" || head === sudoersHead(wish)) return [];
  return [
    `${file} is not the file of this site (its first line is '${head}'): rename the site, or move the file away`,
  ];
}

function packageFaults(wish: FurtherWish, facts: HostFacts): readonly string[] {
  const needs = [
    ...accountChanges(wish, facts),
    ...sudoersChanges(wish, facts),
    ...runtimeChanges(wish, facts),
  ];
  const isKnown = familyOf(facts.system.ids) !== undefined;
  if (isKnown || !needs.some(({ kind }) => ["packages", "group", "account", "member"].includes(kind)))
    return [];
  return [
    `setup does not know the command lines of ${facts.system.name}: name a system that is like it, such as hostos = debian`,
  ];
}

function accountChanges(
  { accounts, group, homes, login, members }: FurtherWish,
  facts: HostFacts,
): readonly Change[] {
  const isMissing = (name: string) => !facts.accounts.has(name);
  return [
    ...(group === undefined || facts.hasGroup ? [] : [{ kind: "group", name: group } as const]),
    ...accounts.filter(isMissing).map((name): Change => {
      const own = members.includes(name) ? group : undefined;
      return { kind: "account", name, home: `${homes}/${name}`, group: own };
    }),
    ...(group === undefined ? [] : members)
      .filter((name) => !isMissing(name) && !facts.members.includes(name))
      .map((name): Change => ({ kind: "member", name, group: group! })),
    ...accounts
      .filter((name) => name === login && facts.accounts.get(name)?.hasHome === false)
      .map((name): Change => ({ kind: "home", name, home: facts.accounts.get(name)!.home })),
  ];
}

function keyChanges({ login, makesKey }: FurtherWish, { hasKey }: HostFacts): readonly Change[] {
  return hasKey ? [] : [{ kind: "key", login, makes: makesKey }];
}

function sudoersChanges(wish: FurtherWish, facts: HostFacts): readonly Change[] {
  const text = wantedSudoers(wish);
  const file = sudoersFile(wish, facts);
  if (text === undefined || facts.sudoers.is === "same") return [];
  const hasSudo = facts.programs.includes("sudo") && facts.programs.includes("visudo");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return [...(hasSudo ? [] : [packagesChange(facts, "sudo")]), { kind: "sudoers", file, text, lines }];
}

function runtimeChanges({ archive, commands, runtime }: FurtherWish, facts: HostFacts): readonly Change[] {
  if (commands.length > 0) return facts.hasRunCommands ? [] : [{ kind: "commands", lines: commands }];
  if (runtime === undefined || facts.programs.includes(runtime)) return [];
  if (runtime === "node" && archive) return [{ kind: "archive", archive }];
  return [packagesChange(facts, runtime)];
}

function packagesChange({ system }: HostFacts, runtime: Runtime): Change {
  return { kind: "packages", names: packagesFor(familyOf(system.ids) ?? "debian", runtime) };
}
