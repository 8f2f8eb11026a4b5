import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeIndex } from "../../../packages/packaging/src/archive/archive-index.ts";

/** A package as the command `package` makes one, whose only file says its label. */
export interface LabelledPackage {
  readonly label: string;
  readonly hash: string;
  readonly kind: "application";
  readonly file: string;
  readonly sizeBytes: number;
  readonly files: number;
  readonly revision: undefined;
  readonly packages: Readonly<Record<string, string>>;
}

/** Makes a package of each label in a folder. */
export async function makePackages(
  folder: string,
  labels: readonly string[],
): Promise<readonly LabelledPackage[]> {
  const made: LabelledPackage[] = [];
  for (const label of labels) {
    const source = join(folder, label);
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, "label"), label);
    const tar = join(folder, "new.tar");
    const { status } = spawnSync("tar", ["-cf", tar, "--format=ustar", "-C", source, "label"]);
    if (status !== 0) throw new Error(`no package of ${label}`);
    const hash = createHash("sha256").update(readFileSync(tar)).digest("hex");
    const file = join(folder, `deploy-${hash.slice(0, 12)}.tar`);
    renameSync(tar, file);
    await writeIndex(file);
    const sizeBytes = statSync(file).size;
    const about = { revision: undefined, packages: {} };
    made.push({ label, hash, kind: "application", file, sizeBytes, files: 1, ...about });
  }
  return made;
}
