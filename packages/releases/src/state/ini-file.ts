import { parse, stringify } from "ini";

/** Sections of options that hostout writes for itself. Not for files that users write. */
export type IniSections = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Formats sections and options in the given order. */
export function formatIni(sections: IniSections): string {
  return stringify(sections, { whitespace: true });
}

/** Formats sections like {@link formatIni}, but sorted, so that equal values give equal bytes. */
export function formatSortedIni(sections: IniSections): string {
  const sorted = inOrder(sections).map(([name, options]) => [name, Object.fromEntries(inOrder(options))]);
  return formatIni(Object.fromEntries(sorted));
}

function inOrder<T>(values: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Reads the texts of {@link formatIni}. Leaves out lists and damaged values. */
export function parseIni(text: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const sections = Object.entries(parse(text)).flatMap(([name, values]) => {
    if (typeof values !== "object" || values === null) return [];
    // The library turns the words true, false and null into values.
    const texts = Object.entries(values).flatMap(([key, value]) =>
      typeof value === "object" && value !== null ? [] : [[key, String(value)]],
    );
    return [[name, Object.fromEntries(texts)]];
  });
  return Object.fromEntries(sections);
}
