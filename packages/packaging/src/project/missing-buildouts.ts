import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { buildoutFiles } from "@hostout/kit";

/** Returns the missing files of the option `buildout`. @param folder the folder to which the names are relative */
export function missingBuildouts(folder: string, buildout: string): readonly string[] {
  return buildoutFiles(buildout).filter((file) => !existsSync(resolve(folder, file)));
}
