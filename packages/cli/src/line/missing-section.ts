import { HostoutError, quote } from "@hostout/kit";

/**
 * Returns the error for a word such as `parts=b`, which is neither a site nor a command. Undefined if the word
 * is not an assignment.
 *
 * @param site the site whose option the user may mean; undefined if unknown
 */
export function missingSection(word: string, site = "SITE"): HostoutError | undefined {
  if (!/^\w[\w.-]*\+?=/.test(word)) return undefined;
  return new HostoutError({
    code: "usage",
    message: `the section is missing: ${site}:${word}`,
    hint: `Write it with the section: hostout ${quote(`${site}:${word}`)} ${site}`,
  });
}
