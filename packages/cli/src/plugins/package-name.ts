/**
 * Returns the package that a word of `extends` or `plugins` names. `hostout.pushdeploy` is the old name of
 * `hostout-pushdeploy`.
 */
export function packageName(word: string): string {
  return word.replace(/^hostout\./, "hostout-");
}
