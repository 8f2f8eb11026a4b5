import { findWorkingCopy, type Workshop } from "@hostout/scm";
import type { Entry } from "../entries/entry.ts";
import { warnOfLfsPointers } from "../entries/lfs-pointers.ts";
import { listFiles } from "../entries/list-files.ts";
import { readEntries } from "../entries/read-entries.ts";
import { warnOfSecretFiles } from "../entries/secret-files.ts";
import { isPython } from "./build-python.ts";
import type { DevFolder } from "./dev-folders.ts";

/** The content of a development package. */
export interface DevContent {
  readonly entries: readonly Entry[];
  /** Returns whether a file of the folder is not part of the content. Paths are relative to the folder. */
  readonly isLeft: (path: string) => boolean;
}

/** Returns the content of a development package: the files of its folder, without the products of builds and development. */
export async function devContent(
  { folder, label, builtPaths, pinsPath }: DevFolder,
  workshop: Workshop,
): Promise<DevContent> {
  const paths = (await listFiles(folder, workshop)).filter((path) => !path.endsWith("/"));
  const made: string[] = [];
  // Version control knows better which files are products.
  if ((await findWorkingCopy(folder, workshop)) === undefined)
    made.push(...builtPaths, ...(isPython(paths) ? ["build", "dist"] : []));
  const isLeft = (path: string) =>
    path === pinsPath ||
    leftover.test(path) ||
    made.some((one) => path === one || path.startsWith(`${one}/`));
  const kept = paths.filter((path) => !isLeft(path));
  const entries = await readEntries(folder, kept, { warn: workshop.warn, linksOut: "follow" });
  for (const line of [
    ...(await warnOfSecretFiles(entries, label)),
    ...(await warnOfLfsPointers(entries, label)),
  ])
    workshop.warn(line);
  return { entries, isLeft };
}

/** Files that appear as soon as somebody develops a package, often without being ignored. */
const leftover = /(?:^|\/)(?:[^/]+\.egg-info|__pycache__|node_modules)\/|\.pyc$/;
