import { preparedReleases } from "./prepared-releases.ts";
import { previousRelease, type StoreState } from "./store-state.ts";

/** An entry on a host that is no longer needed, with the reason. */
export interface Removable {
  readonly kind: "release" | "folder" | "package" | "record" | "remnant";
  readonly name: string;
  /** Relative to the site's path. */
  readonly path: string;
  readonly reason: string;
}

/** An entry that hostout tried to remove, and that still exists. */
export interface Remaining extends Removable {
  /** For example `files of root`. */
  readonly why: string;
}

/**
 * Returns the entries that clean-up may remove. Clean-up keeps:
 * - the live release, the rollback target and the pinned releases,
 * - the newest `keep` releases that were live, and the newest `keep` prepared releases,
 * - the packages of the releases that stay, and the folder of the last failure.
 *
 * @param keepsFailure whether the package of the last failure stays too. A run that resumes the failed one then need
 * not send the package again. Default true.
 */
export function removable(state: StoreState, keep: number, keepsFailure = true): readonly Removable[] {
  const logged = state.log.map(({ release }) => release).reverse();
  // Somebody may have lost the log. A release that passed its checks was live.
  const verified = state.releases
    .filter(({ result, prepared }) => result === "ok" && prepared === undefined)
    .map(({ name }) => name);
  const wasServed = [...new Set([...logged, ...verified.reverse()])];
  const newest = wasServed.filter((name) => state.releases.some((one) => one.name === name)).slice(0, keep);
  // Somebody activates a prepared release later. Clean-up keeps the last one even with keep = 0, like the rollback
  // target.
  const prepared = preparedReleases(state).map(({ name }) => name);
  const pending = prepared.slice(-Math.max(1, keep));
  const kept = new Set([state.served, previousRelease(state), ...state.pinned, ...newest, ...pending]);
  const releases = state.releases.filter(({ name }) => !kept.has(name));
  const failed = new Set(state.failed.map(({ name }) => name));
  const lastFailure = state.failed.at(-1)?.name;
  const keptFailure = state.failed.slice(-1).filter(({ name }) => keepsFailure || name === state.served);
  const staying = [...state.releases.filter(({ name }) => kept.has(name)), ...keptFailure];
  const ofFailure = state.failed.at(-1)?.package;
  const packages = new Set(staying.map((record) => record.package));
  return [
    ...releases.map(({ name }): Removable => {
      const reason = wasServed.includes(name)
        ? `formerly live, but not among the last ${keep}`
        : prepared.includes(name)
          ? `prepared, but not among the last ${Math.max(1, keep)}`
          : "never live";
      return { kind: "release", name, path: `releases/${name}`, reason };
    }),
    ...state.leftovers
      // A live release that has failed stays until another release is live.
      .filter((name) => name !== state.served && name !== lastFailure && name !== `.${lastFailure}.failed`)
      .map((name): Removable => {
        const reason =
          name.endsWith(".failed") || failed.has(name)
            ? "failed, and not the last one that did"
            : name.endsWith(".gone")
              ? "its removal was cut off"
              : "was not finished";
        return { kind: "folder", name, path: `releases/${name}`, reason };
      }),
    ...state.remnants.map((name): Removable => {
      const reason = "in place before it became a release";
      return { kind: "remnant", name, path: `.hostout/${name}`, reason };
    }),
    ...state.failed
      .slice(0, -1)
      .filter(({ name }) => name !== state.served)
      .map(({ name }): Removable => {
        return {
          kind: "record",
          name,
          path: `.hostout/records/${name}.failed`,
          reason: "not the last failure",
        };
      }),
    ...state.packages
      .filter((hash) => !packages.has(hash))
      .map((name) =>
        packageFile(name, name === ofFailure ? "of a failed release alone" : "of no release that stays"),
      ),
    ...state.closedPackages.map((name) => packageFile(name, "readable for another account alone")),
  ];
}

/** Returns the leftovers of failures before the one named `last`: folders, records, and packages that no other release uses. */
export function oldFailures(state: StoreState, last: string): readonly Removable[] {
  const { releases, failed, leftovers, packages, served } = state;
  const old = failed.filter(({ name }) => name !== last && name !== served);
  const needed = new Set(
    [...releases, ...failed].filter((one) => !old.includes(one)).map((one) => one.package),
  );
  const gone = new Set(old.map((record) => record.package).filter((hash) => !needed.has(hash)));
  const reason = "failed, and not the last one that did";
  return [
    ...old.flatMap(({ name }) => [
      ...leftovers
        .filter((folder) => folder === name || folder === `.${name}.failed`)
        .map((folder): Removable => ({ kind: "folder", name: folder, path: `releases/${folder}`, reason })),
      { kind: "record", name, path: `.hostout/records/${name}.failed`, reason } as const,
    ]),
    ...packages.filter((hash) => gone.has(hash)).map((name) => packageFile(name, reason)),
  ];
}

function packageFile(name: string, reason: string): Removable {
  return { kind: "package", name, path: `.hostout/packages/${name}.tar`, reason };
}
