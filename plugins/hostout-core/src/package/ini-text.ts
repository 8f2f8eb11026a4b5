import { parse, stringify } from "ini";

/** Sections of options, as hostout writes them for itself. Not for what users write. */
export type IniSections = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Sections and options sorted, so that the same values are the same bytes. */
export function formatIni(sections: IniSections): string {
  const sorted: Record<string, unknown> = {};
  for (const name of Object.keys(sections).sort()) {
    const options = Object.entries(sections[name]!).sort(([one], [other]) => (one < other ? -1 : 1));
    sorted[name] = Object.fromEntries(options);
  }
  return stringify(sorted, { whitespace: true, newline: false });
}

/** What {@link formatIni} wrote. What is damaged is left out. */
export function parseIni(text: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const sections: Record<string, Record<string, string>> = {};
  for (const [name, options] of Object.entries(parse(text))) {
    if (typeof options !== "object" || options === null) continue;
    sections[name] = Object.fromEntries(
      Object.entries(options as object).filter(([, value]) => typeof value === "string"),
    );
  }
  return sections;
}
