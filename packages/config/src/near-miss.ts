/**
 * Finds the name in `names` that `word` probably means. Allows two typing mistakes, one in words under 5
 * letters, none in words under 3.
 */
export function nearMiss(word: string, names: readonly string[]): string | undefined {
  const allowed = word.length < 5 ? 1 : 2;
  if (word.length < 3) return undefined;
  const scored = names
    .filter((name) => Math.abs(name.length - word.length) <= allowed)
    .map((name) => ({ name, mistakes: mistakesBetween(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ mistakes }) => mistakes <= allowed)
    .sort((a, b) => a.mistakes - b.mistakes);
  return scored[0]?.name;
}

/**
 * Counts the letters added, omitted, changed or swapped with their neighbour (optimal string alignment
 * distance).
 */
function mistakesBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const changed = a[row - 1] === b[column - 1] ? 0 : 1;
      let best = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + changed);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, beforeLast[column - 2]! + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}

/**
 * Makes a hint with the name that the user probably meant, or undefined. Of very many names, looks only at
 * the first 5000.
 */
export function didYouMean(word: string, names: Iterable<string>): string | undefined {
  const near = nearMiss(word, [...names].slice(0, 5000));
  return near === undefined ? undefined : `Did you mean '${near}'?`;
}
