import { HostoutError, quote } from "@hostout/kit";

/**
 * Why a word such as `parts=b` is neither a site nor a command; undefined where it is no assignment.
 *
 * @param site whose option may be meant; undefined where that is not known
 */
export function missingSection(word: string, site = "SITE"): HostoutError | undefined {
  if (!/^\w[\w.-]*\+?=/.test(word)) return undefined;
  return new HostoutError({
    code: "usage",
    message: `the section is missing: ${site}:${word}`,
    hint: `Write it with the section: hostout ${quote(`${site}:${word}`)} ${site}`,
  });
}
