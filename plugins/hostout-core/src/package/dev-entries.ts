import { isPython } from "./build-python.ts";
import type { Entry } from "./entry.ts";
import { listFiles } from "./list-files.ts";
import type { Workshop } from "./package-tools.ts";
import { readEntries } from "./read-entries.ts";
import { findScm } from "./scm.ts";

/** The content of a development package: what belongs to its folder, without what building and developing leave there. */
export async function devEntries(folder: string, workshop: Workshop): Promise<readonly Entry[]> {
  const paths = await listFiles(folder, workshop);
  const isLeft = (await findScm(folder, workshop)) === undefined && isPython(paths) ? isBuilt : isLeftover;
  const kept = paths.filter((path) => !isLeft(path));
  return readEntries(folder, kept, { note: workshop.note, linksOut: "follow" });
}

/** What is there as soon as a package is developed, often without being ignored. */
function isLeftover(path: string): boolean {
  return /(?:^|\/)(?:[^/]+\.egg-info|__pycache__|node_modules)\/|\.pyc$/.test(path);
}

function isBuilt(path: string): boolean {
  return isLeftover(path) || /^(?:build|dist)\//.test(path);
}
