import { findWorkingCopy, type WorkingCopy, type Workshop } from "@hostout/scm";
import { isToolsOwn } from "../entries/walk-files.ts";
import type { DevContent } from "./dev-content.ts";
import type { DevFolder } from "./dev-folders.ts";
import type { DevRecord } from "./dev-state.ts";

/**
 * Returns the number that orders releases. The number comes from history, so that two clones count alike.
 * The number never falls below an earlier count on this machine, so it keeps growing with a rewritten history or none.
 *
 * @param records earlier releases of the folder
 */
export async function countRelease(
  { folder, isLeft }: Pick<DevFolder, "folder"> & Pick<DevContent, "isLeft">,
  records: readonly DevRecord[],
  workshop: Workshop,
): Promise<number> {
  const next = Math.max(0, ...records.map(({ count }) => count)) + 1;
  const scm = await findWorkingCopy(folder, workshop);
  const commits = await scm?.countCommits();
  if (!scm || commits === undefined) return next;
  return Math.max(next, commits + ((await isEdited(scm, isLeft)) ? 1 : 0));
}

/** Returns whether a development package has uncommitted edits. */
export async function isEdited(scm: WorkingCopy, isLeft: DevContent["isLeft"]): Promise<boolean> {
  return (await scm.edits()).some((path) => !isLeft(path) && !isToolsOwn(path));
}
