import type { Style } from "../show/style.ts";
import type { PlannedFile } from "./init-files.ts";

/** Returns the changes to show before writing: new files in full, and changed lines with two lines around them. */
export function showFiles(files: readonly PlannedFile[], style: Style): string {
  return files.map((file) => `${head(file, style)}\n${body(file, style).join("\n")}\n`).join("\n");
}

function head({ path, before }: PlannedFile, style: Style): string {
  return style.bold(before === undefined ? `${path} (new)` : `${path} (lines are added)`);
}

function body({ before, text }: PlannedFile, style: Style): readonly string[] {
  const after = linesOf(text);
  if (before === undefined) return after.map((line) => style.green(`+ ${line}`.trimEnd()));
  const kept = linesOf(before);
  // Lines are only added, so each old line follows in order.
  let next = 0;
  const marked = after.map((line) => {
    const isOld = line === kept[next];
    if (isOld) next++;
    return { line, isOld };
  });
  const isNear = (index: number) =>
    marked.slice(Math.max(0, index - 2), index + 3).some(({ isOld }) => !isOld);
  return marked.flatMap(({ line, isOld }, index) => {
    if (!isOld) return [style.green(`+ ${line}`.trimEnd())];
    return isNear(index) ? [`  ${line}`.trimEnd()] : [];
  });
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
