import { findWorkingCopy, type WorkingCopy, type Workshop } from "@hostout/scm";
import { isToolsOwn } from "../entries/walk-files.ts";
import type { DevContent } from "./dev-content.ts";
import type { DevFolder } from "./dev-folders.ts";
import type { DevRecord } from "./dev-state.ts";

/**
 * What orders releases. From history, so that two clones count alike; never below what was counted here before, so that
 * it goes on where history is rewritten or there is none.
 *
 * @param records what was released of the folder before
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

/** Whether a development package has edits that are not committed. */
export async function isEdited(scm: WorkingCopy, isLeft: DevContent["isLeft"]): Promise<boolean> {
  return (await scm.edits()).some((path) => !isLeft(path) && !isToolsOwn(path));
}
