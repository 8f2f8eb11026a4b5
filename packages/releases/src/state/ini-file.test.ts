import { formatIni, formatSortedIni, parseIni } from "./ini-file.ts";

const sections = {
  "src/my.package sdist /usr/bin/python3": { b: "true", a: "0012", c: 'x = "1"; # y' },
  "./a": { a: "1" },
};

test("what is written is read again, in the order in which it was given", () => {
  const read = parseIni(formatIni(sections));
  expect(read).toEqual(sections);
  expect(Object.keys(read)).toEqual(Object.keys(sections));
});

test("sorted, the same values are the same bytes", () => {
  const text = formatSortedIni(sections);
  expect(parseIni(text)).toEqual(sections);
  expect(formatSortedIni(Object.fromEntries(Object.entries(sections).reverse()))).toBe(text);
  expect(Object.keys(parseIni(text))).toEqual(["./a", "src/my.package sdist /usr/bin/python3"]);
});

test("a list is written, and left out where texts are read", () => {
  expect(parseIni(formatIni({ a: { list: ["1", "2"], b: "3" } }))).toEqual({ a: { b: "3" } });
});
