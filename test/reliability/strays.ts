import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { StoreState } from "@hostout/releases";
import { foreignRelease } from "./whole-release.ts";

/** What is in a site's store of which its state knows nothing: what something that was killed has left. */
export function strays(path: string, state: StoreState): readonly string[] {
  const names = state.releases.map(({ name }) => name);
  const failed = state.failed.map(({ name }) => name);
  const known: Readonly<Record<string, readonly string[]>> = {
    releases: [basename(foreignRelease), ...names, ...failed, ...failed.map((name) => `.${name}.failed`)],
    ".hostout": ["lock", "busy", "foreign", "served.log", "records", "manifests", "packages"],
    ".hostout/records": [
      ...names.flatMap((name) => [`${name}.ini`, `${name}.pin`]),
      ...failed.map((name) => `${name}.failed`),
    ],
    ".hostout/manifests": [...names, ...failed],
    ".hostout/packages": packagesOf(state).flatMap((hash) => [`${hash}.tar`, `${hash}.index`]),
  };
  return Object.entries(known).flatMap(([folder, expected]) =>
    existsSync(join(path, folder))
      ? readdirSync(join(path, folder))
          // Of who holds the lock, or was the last to do so.
          .filter((name) => !expected.includes(name) && !name.startsWith("held."))
          .map((name) => `${folder}/${name}`)
      : [],
  );
}

const packagesOf = ({ releases, failed }: StoreState) =>
  [...releases, ...failed].flatMap((record) => (record.package === undefined ? [] : [record.package]));
