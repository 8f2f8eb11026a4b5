import type { Site } from "@hostout/kit";

/** Checks whether an environment is production. hostout asks before it changes one. */
export function isProduction(environment: string | undefined): boolean {
  return /^prod(uction)?$/i.test(environment ?? "");
}

/** Returns the environment of a site; undefined if the configuration does not set it. */
export function environmentOf({ values }: Site): string | undefined {
  return values.get("environment")?.text || undefined;
}
