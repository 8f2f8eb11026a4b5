import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runLine, walkGuide } from "../bed/walk-guide.ts";

// Documents that need no host.
const guides = ["reference/configuration.md", "how-to/migrate-from-collective-hostout.md"];

const root = dirname(dirname(import.meta.dirname));

function runner(folder: string) {
  const env = {
    BUILDOUT_HOME: undefined,
    HOME: folder,
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    HOSTOUT_PYTHON: "3.11",
  };
  return (line: string, cwd: string) => runLine(line, { cwd, env });
}

test.each(guides)("%s can be walked as it is written", async (guide) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "hostout-guide-")));
  try {
    mkdirSync(join(folder, "project"));
    mkdirSync(join(folder, "bin"));
    symlinkSync(join(root, "bin", "hostout"), join(folder, "bin", "hostout"));
    const count = await walkGuide({ guide, folder: join(folder, "project"), run: runner(folder) });
    expect(count).toBeGreaterThan(5);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the reference names every kind of fault", () => {
  const source = readFileSync(join(root, "packages", "config", "src", "config-error.ts"), "utf8");
  const [, union = ""] = /ConfigErrorKind =([^;]*);/.exec(source) ?? [];
  const text = readFileSync(join(root, "docs", "reference", "configuration.md"), "utf8");
  const kinds = [...union.matchAll(/"([^"]+)"/g)].map(([, kind]) => kind);
  expect(kinds.length).toBeGreaterThan(20);
  expect(kinds.filter((kind) => !text.includes(`\`${kind}\``))).toEqual([]);
});
