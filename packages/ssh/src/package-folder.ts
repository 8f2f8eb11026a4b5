import { dirname } from "node:path";

/** Folder of this package: the sources lie one below it, and so does what is bundled of them (packages/build sees to that). */
export const packageFolder = dirname(import.meta.dirname);
