import fc from "fast-check";

const name = fc.constantFrom("a", "b", "c", "x.y", "site", "buildout", "versions", "<", "extends", "e+");
const reference = fc
  .tuple(fc.constantFrom("", "a", "b", "c", "buildout", "x:y", "no such"), name)
  .map(([section, option]) => `\${${section}:${option}}`);
const word = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("1", "one two", "#", ";", "$$", "${", "}", "[a]", "=", "true", "\t", "'"),
  },
  { weight: 3, arbitrary: reference },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
);
const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(" "));
const condition = fc.oneof(
  fc.constantFrom(
    "python3",
    "linux and not windows",
    "sys.version_info < (3,",
    "python_version >= '3'",
    "",
    " ",
  ),
  fc
    .array(
      fc.constantFrom(
        "(",
        ")",
        "[",
        "]",
        "not",
        "and",
        "or",
        "==",
        "<",
        "1",
        "'x'",
        "sys",
        ".",
        ",",
        "python2",
        "len",
        ":",
      ),
      { maxLength: 12 },
    )
    .map((tokens) => tokens.join(" ")),
);

const line = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(name, fc.constantFrom("=", " = ", "+=", " += ", " -= ", ":"), text)
      .map((parts) => parts.join("")),
  },
  { weight: 3, arbitrary: name.map((section) => `[${section}]`) },
  { weight: 2, arbitrary: text.map((value) => `    ${value}`) },
  { weight: 1, arbitrary: fc.tuple(name, condition).map(([section, test]) => `[${section}:${test}]`) },
  { weight: 1, arbitrary: name.map((section) => `<= ${section}`) },
  { weight: 1, arbitrary: name.map((section) => `=> ${section}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "",
      "# note",
      "extends = b.cfg",
      "extends = b.cfg b.cfg a.cfg",
      "\uFEFF",
      "\f",
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
);

/** Texts that are nearly configuration files, and such that are none. */
export const configText = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.array(line, { maxLength: 25 }).map((lines) => `[buildout]\n${lines.join("\n")}\n`),
  },
  { weight: 3, arbitrary: fc.array(line, { maxLength: 25 }).map((lines) => lines.join("\r\n")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 400 }) },
);

/** Section, option and lines of a value that a file can have and give back. */
export const setting = fc.record({
  section: fc.constantFrom("a", "b", "new"),
  option: fc.constantFrom("x", "y.z", "path", "eggs"),
  lines: fc.array(
    fc
      .stringMatching(/^[a-z0-9$@/:.#;[\]"'=+ -]{1,12}$/)
      .map((value) => value.trim())
      .filter((value) => value !== ""),
    { minLength: 1, maxLength: 3 },
  ),
});
