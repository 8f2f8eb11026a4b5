import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = dirname(dirname(import.meta.dirname));

test("the public surface of the kit is what its report says: `npm run docs` writes it anew", () => {
  const extractor = join(root, "node_modules", ".bin", "api-extractor");
  const { status, stdout, stderr } = spawnSync(
    extractor,
    ["run", "-c", join(root, "packages", "kit", "api-extractor.json")],
    { encoding: "utf8" },
  );
  expect([status, status === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
  expect(readFileSync(join(root, "docs", "reference", "kit.api.md"), "utf8")).not.toMatch(
    /ae-forgotten-export/,
  );
});
