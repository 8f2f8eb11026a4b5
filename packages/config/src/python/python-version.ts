interface Version {
  readonly epoch: number;
  readonly release: readonly number[];
  /** The part after the release, in its own order: dev < a < b < rc < nothing < post. */
  readonly suffix: readonly number[];
  readonly isWild: boolean;
}

const form =
  /^v?(?:(\d{1,9})!)?(\d{1,9}(?:\.\d{1,9})*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d{0,9}))?(?:[-_.]?(?:post|rev|r)[-_.]?(\d{0,9})|-(\d{1,9}))?(?:[-_.]?dev[-_.]?(\d{0,9}))?(\.\*)?(?:\+[\w.]+)?$/i;
const stages: Readonly<Record<string, number>> = {
  a: 0,
  alpha: 0,
  b: 1,
  beta: 1,
  c: 2,
  rc: 2,
  pre: 2,
  preview: 2,
};

/** Whether a text is a version of PEP 440, or one with `.*` at its end. */
export function isVersion(text: string): boolean {
  return form.test(text.trim());
}

function readVersion(text: string): Version {
  const [, epoch, release = "", stage, number, post, shortPost, dev, wild] = form.exec(text.trim()) ?? [];
  const hasPost = post !== undefined || shortPost !== undefined;
  // Without a stage, a dev release sorts before all stages, and a final one after them.
  const final = dev !== undefined && !hasPost ? -1 : 3;
  const suffix = [
    stage === undefined ? final : stages[stage.toLowerCase()]!,
    Number(number ?? 0),
    hasPost ? Number(post ?? shortPost) + 1 : 0,
    dev === undefined ? Number.POSITIVE_INFINITY : Number(dev),
  ];
  return {
    epoch: Number(epoch ?? 0),
    release: release.split(".").map(Number),
    suffix,
    isWild: wild !== undefined,
  };
}

/** Compares two versions by `==`, `!=`, `<`, `<=`, `>`, `>=` or `~=`. */
export function compareVersions(left: string, operator: string, right: string): boolean {
  const [a, b] = [readVersion(left), readVersion(right)];
  switch (operator) {
    case "==":
      return isMatch(a, b);
    case "!=":
      return !isMatch(a, b);
    case "~=":
      return orderOf(a, b) >= 0 && isMatch(a, { ...b, release: b.release.slice(0, -1), isWild: true });
    case "<":
      return orderOf(a, b) < 0;
    case "<=":
      return orderOf(a, b) <= 0;
    case ">":
      return orderOf(a, b) > 0;
    default:
      return orderOf(a, b) >= 0;
  }
}

/** Whether a version matches a pattern: `3.11.2` matches `3.11.*`. Trailing zeros do not count. */
function isMatch(version: Version, pattern: Version): boolean {
  if (!pattern.isWild) return orderOf(version, pattern) === 0;
  return (
    version.epoch === pattern.epoch &&
    pattern.release.every((number, index) => number === (version.release[index] ?? 0))
  );
}

function orderOf(a: Version, b: Version): number {
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  const length = Math.max(a.release.length, b.release.length);
  for (let index = 0; index < length; index++) {
    const difference = (a.release[index] ?? 0) - (b.release[index] ?? 0);
    if (difference !== 0) return difference;
  }
  for (const [index, number] of a.suffix.entries()) {
    const other = b.suffix[index]!;
    if (number !== other) return number < other ? -1 : 1;
  }
  return 0;
}
