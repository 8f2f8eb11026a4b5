/**
 * Compares two texts by lines: `- line` for a removed one, `+ line` for an added one. Lines that both have are left out.
 */
export function lineDiff(before: string, after: string): readonly string[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  // The length of the longest common part of the two rests, by where they begin.
  const common = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      common[i]![j] =
        old[i] === now[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
  const changes: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) [i, j] = [i + 1, j + 1];
    else if (j === now.length || (i < old.length && common[i + 1]![j]! >= common[i]![j + 1]!))
      changes.push(`- ${old[i++]}`);
    else changes.push(`+ ${now[j++]}`);
  }
  return changes;
}

const linesOf = (text: string) => text.split("\n").filter((line) => line !== "");
