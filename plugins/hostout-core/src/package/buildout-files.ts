import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** The files that the option `buildout` names: several are built as one, in which the later counts more. */
export function buildoutFiles(buildout: string): readonly string[] {
  return buildout.split(/\s+/).filter(Boolean);
}

/** Those of them that do not exist. @param folder that they are relative to */
export function missingBuildouts(folder: string, buildout: string): readonly string[] {
  return buildoutFiles(buildout).filter((file) => !existsSync(resolve(folder, file)));
}
