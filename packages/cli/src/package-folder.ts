import { dirname } from "node:path";

/**
 * The folder of this package. The sources lie one folder below it, and so does their bundle (see
 * packages/build).
 */
export const packageFolder = dirname(import.meta.dirname);
