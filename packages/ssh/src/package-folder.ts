import { dirname } from "node:path";

/** The folder of this package. Sources and bundles both lie one level below it (packages/build sees to that). */
export const packageFolder = dirname(import.meta.dirname);
