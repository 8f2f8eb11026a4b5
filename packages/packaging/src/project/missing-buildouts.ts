import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { buildoutFiles } from "@hostout/kit";

/** The files that the option `buildout` names and that do not exist. @param folder that they are relative to */
export function missingBuildouts(folder: string, buildout: string): readonly string[] {
  return buildoutFiles(buildout).filter((file) => !existsSync(resolve(folder, file)));
}
