import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { optionsReference } from "./options-reference.ts";

test("the reference of options is what the code declares", async () => {
  const root = dirname(dirname(import.meta.dirname));
  expect(readFileSync(join(root, "docs", "reference", "options.md"), "utf8")).toBe(await optionsReference());
});
