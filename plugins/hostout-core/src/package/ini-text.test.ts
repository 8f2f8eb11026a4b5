import { formatIni, parseIni } from "./ini-text.ts";

test("what is written is read again, and sorted", () => {
  const sections = {
    "src/my.package sdist /usr/bin/python3": { b: "true", a: "0012", c: 'x = "1"; # y' },
    "./a": { a: "1" },
  };
  const text = formatIni(sections);
  expect(parseIni(text)["./a"]).toEqual(sections["./a"]);
  expect(parseIni(text)["src/my.package sdist /usr/bin/python3"]!.a).toBe("0012");
  expect(parseIni(text)["src/my.package sdist /usr/bin/python3"]!.c).toBe('x = "1"; # y');
  expect(formatIni(Object.fromEntries(Object.entries(sections).reverse()))).toBe(text);
});
