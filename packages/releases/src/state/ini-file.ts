import { parse, stringify } from "ini";

/** Sections of options, as hostout writes them for itself. Not for what users write. */
export type IniSections = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Sections and options in the order in which they are given. */
export function formatIni(sections: IniSections): string {
  return stringify(sections, { whitespace: true });
}

/** As {@link formatIni}, sorted, so that the same values are the same bytes. */
export function formatSortedIni(sections: IniSections): string {
  const sorted = inOrder(sections).map(([name, options]) => [name, Object.fromEntries(inOrder(options))]);
  return formatIni(Object.fromEntries(sorted));
}

function inOrder<T>(values: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Reads the texts that {@link formatIni} wrote; lists, and what is damaged, are left out. */
export function parseIni(text: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const sections = Object.entries(parse(text)).flatMap(([name, values]) => {
    if (typeof values !== "object" || values === null) return [];
    // The library makes true, false and null of those words.
    const texts = Object.entries(values).flatMap(([key, value]) =>
      typeof value === "object" && value !== null ? [] : [[key, String(value)]],
    );
    return [[name, Object.fromEntries(texts)]];
  });
  return Object.fromEntries(sections);
}
