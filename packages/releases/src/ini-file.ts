import { parse, stringify } from "ini";

/** Text values by name, by section. */
export type IniSections = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Writes an INI file of text values. Names are sorted by who gives them. */
export function formatIni(sections: IniSections): string {
  return stringify(sections, { whitespace: true });
}

/** Reads what {@link formatIni} wrote; what is no text in a section is left out. */
export function parseIni(text: string): IniSections {
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
