import type { RawSection } from "./parse-file.ts";
import type { Value } from "./value.ts";

/** Lays one layer of sections on another. The lower one is changed. */
export function mergeLayer(into: Map<string, RawSection>, layer: ReadonlyMap<string, RawSection>): void {
  for (const [name, section] of layer) {
    const known = into.get(name);
    if (known) into.set(name, overlay(known, section));
    else
      into.set(name, section.has("<") ? new Map(section) : overlay(new Map(), withoutLoneOperators(section)));
  }
}

/** Where nothing is below, `a += x` is `a = x`, and `a -= x` an empty `a`. */
function withoutLoneOperators(section: RawSection): RawSection {
  const result: RawSection = new Map();
  for (const [key, value] of section) {
    const [, name, sign] = /^(.*) ([-+])$/s.exec(key) ?? [];
    if (name === undefined || section.has(name)) result.set(key, value);
    else if (sign === "+") result.set(name, value);
    else if (!result.has(name)) result.set(name, { ...value, text: "" });
  }
  return result;
}

/** Options of `above` on those of `below`: `=` replaces, `+=` adds lines, `-=` takes whole lines away. */
export function overlay(below: RawSection, above: RawSection): RawSection {
  const result = new Map(below);
  for (const [key, value] of above) if (!/ [-+]$/.test(key)) result.set(key, value);
  for (const sign of ["+", "-"]) {
    for (const [key, value] of above) {
      if (!key.endsWith(` ${sign}`)) continue;
      const name = key.slice(0, -2);
      result.set(name, { text: operate(sign, result.get(name), value), origin: value.origin });
    }
  }
  return result;
}

function operate(sign: string, before: Value | undefined, value: Value): string {
  const lines = (before?.text ?? "").split("\n");
  const operand = value.text.split("\n");
  if (sign === "+") return [...lines, ...operand].join("\n");
  return lines.filter((line) => !operand.includes(line)).join("\n");
}
