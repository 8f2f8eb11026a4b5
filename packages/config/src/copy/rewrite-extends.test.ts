import { rewriteExtends } from "./rewrite-extends.ts";

const upper = (text: string) => rewriteExtends(text, (name) => name.toUpperCase());

test("names in extends are changed, and nothing else", () => {
  const text = [
    "# extends = a",
    "[other]",
    "extends = a",
    "[buildout:python3] # why",
    "extends = a  b",
    "; c",
    "    c",
    "",
    "    d",
    "extends-cache = e",
    "optional-extends=f",
    "[last]",
    "    g",
    "",
  ].join("\r\n");
  const changed = text.replace("a  b", "A  B").replace("    c", "    C").replace("    d", "    D");
  expect(upper(text)).toBe(changed.replace("=f", "=F"));
});

test("a header in a value is text of it", () => {
  expect(upper("[buildout]\nextends =\n    [a]\nparts = b\n")).toBe(
    "[buildout]\nextends =\n    [A]\nparts = b\n",
  );
});
