import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";
import { runLine, walkGuide } from "../bed/walk-guide.ts";

const root = dirname(dirname(import.meta.dirname));

let bed: ThrowAway;
beforeAll(async () => {
  bed = await startThrowAway();
});
afterAll(() => bed?.stop());

/** Without times, sizes, and the names of releases and packages. */
const plain = (text: string) =>
  text
    .replaceAll(/\b\d+(?:\.\d)? (?:ms|s)\b/g, "N s")
    .replaceAll(/\b\d+ of \d+ bytes/g, "N of N bytes")
    .replaceAll(/\b\d{8}T\d{9}Z-[0-9a-f]{8}\b/g, "NAME")
    .replaceAll(/: [0-9a-f]{12}$/gm, ": HASH");

test.each([
  ["../README.md", 2],
  ["tutorial/first-site.md", 15],
])(
  "%s can be walked from an empty folder",
  async (guide, lines) => {
    const env = { ...bed.environment, PATH: `${join(root, "bin")}:${process.env.PATH}`, HOME: bed.home };
    const count = await walkGuide({
      guide,
      folder: bed.folder,
      plain,
      adapt: (text) =>
        text.replaceAll("--user root", `--user ${bed.user}`).replaceAll("/srv/shop", `${bed.home}/shop`),
      run: async (line, cwd) => {
        const { output, status } = await runLine(line, { cwd, env });
        const asWritten = output
          .replaceAll(`user = ${bed.user}`, "user = root")
          .replaceAll(`${bed.home}/shop`, "/srv/shop");
        return { output: asWritten, status };
      },
    });
    expect(count).toBeGreaterThanOrEqual(lines);
    await rm(bed.folder, { recursive: true });
    await rm(join(bed.home, "shop"), { recursive: true });
    await mkdir(bed.folder);
  },
  300_000,
);
