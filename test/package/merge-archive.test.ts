import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { readLayout } from "../../packages/packaging/src/archive/read-layout.ts";
import { formatIndex } from "../../packages/releases/src/state/package-runs.ts";
import { make, newFolder, write } from "./package-bed.ts";

const settings = { buildCommand: ["make"], include: ["src"] };

let folder: string;
const now = Date.now;
beforeEach(() => {
  folder = newFolder();
  write(folder, { "buildout.cfg": "[first-site]\nhost = example.com\n" });
  // A minute later: what was written before the archive is made has settled.
  Date.now = () => now() + 60_000;
});
afterEach(() => {
  Date.now = now;
  rmSync(folder, { recursive: true });
});

const packages = () => join(folder, ".hostout", "packages");

/** The archive as it is made where nothing was before. */
async function madeWhole(): Promise<Buffer> {
  renameSync(packages(), `${folder}/kept`);
  const { file } = await make(folder, settings);
  const bytes = readFileSync(file);
  rmSync(packages(), { recursive: true });
  renameSync(`${folder}/kept`, packages());
  return bytes;
}

/** Numbers below a limit, the same in each run. */
function sequence(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * limit);
  };
}

const names = Array.from(
  { length: 30 },
  (_, index) => `src/${"deep/".repeat(index % 4)}${"n".repeat(index * 7)}${index}`,
);

test.each([1, 2, 3, 4])(
  "made of an older one and of what changed, it is byte for byte what it is made whole (%p)",
  async (seed) => {
    const next = sequence(seed);
    const content = () => Buffer.alloc(next(4) === 0 ? next(3_000_000) : next(1500), String(next(1e6)));
    for (const name of names) write(folder, { [name]: content() });
    await make(folder, settings);
    for (let round = 0; round < 12; round++) {
      for (let changes = next(5); changes >= 0; changes--) {
        const name = names[next(names.length)]!;
        const file = join(folder, name);
        rmSync(file, { force: true });
        const kind = next(5);
        if (kind === 1) symlinkSync("0", file);
        if (kind > 1) write(folder, { [name]: content() });
        if (kind > 3) chmodSync(file, 0o755);
      }
      const { file } = await make(folder, settings);
      expect(readFileSync(file).equals(await madeWhole())).toBe(true);
      expect(readFileSync(file.replace(/tar$/, "index"), "utf8")).toBe(formatIndex(await readLayout(file)));
    }
    expect(readdirSync(packages()).filter((name) => name.endsWith(".part"))).toEqual([]);
  },
);

describe("where one file of many changed", () => {
  let before: string;
  beforeEach(async () => {
    for (const name of names) write(folder, { [name]: name });
    before = (await make(folder, settings)).file;
    write(folder, { [names[3]!]: "changed" });
  });

  test("files that did not change are not read again", async () => {
    const bytes = readFileSync(before);
    const mark = damage(before);
    const index = before.replace(/tar$/, "index");
    rmSync(index);
    writeFileSync(index, formatIndex(await readLayout(before)));
    const { file } = await make(folder, settings);
    // What the older archive has is in the new one, though no file has it.
    expect([bytes.includes(mark), readFileSync(file).includes(mark)]).toEqual([false, true]);
  });

  test.each([
    ["is damaged", () => damage(before)],
    ["is of another size", () => writeFileSync(before, "")],
    ["went away", () => rmSync(before)],
    ["has no index", () => rmSync(before.replace(/tar$/, "index"))],
    ["has a damaged index", () => writeFileSync(before.replace(/tar$/, "index"), "x\n")],
    ["was written by another version of the library", () => changeForm()],
  ])("an older archive that %s is not built upon", async (_what, change) => {
    change();
    const { file, hash } = await make(folder, settings);
    expect(readFileSync(file).equals(await madeWhole())).toBe(true);
    expect(hash).not.toBe(/deploy-(\w+)/.exec(before)![1]);
  });

  test.each([
    ["is damaged", () => damage(before)],
    ["has a damaged index", () => damageIndex()],
    ["has an index that was cut off", () => writeFileSync(indexOf(before), "x\n")],
  ])("an older archive that %s is made anew where it would be the same", async (_what, change) => {
    const [bytes, index] = [readFileSync(before), readFileSync(indexOf(before))];
    change();
    write(folder, { [names[3]!]: names[3]! });
    expect((await make(folder, settings)).file).toBe(before);
    expect(readFileSync(before).equals(bytes)).toBe(true);
    expect(readFileSync(indexOf(before)).equals(index)).toBe(true);
  });

  test("an index that went away is written again where nothing changed", async () => {
    const { file } = await make(folder, settings);
    const index = readFileSync(indexOf(file), "utf8");
    rmSync(indexOf(file));
    expect((await make(folder, settings, { write: false })).file).toBe(file);
    expect(existsSync(indexOf(file))).toBe(false);
    await make(folder, settings);
    expect(readFileSync(indexOf(file), "utf8")).toBe(index);
  });

  const indexOf = (file: string) => file.replace(/tar$/, "index");

  /** Gives each entry of the archive the sum of another one. */
  function damageIndex(): void {
    const lines = readFileSync(indexOf(before), "utf8").replaceAll(/[0-9a-f]{64}/g, "0".repeat(64));
    writeFileSync(indexOf(before), lines);
  }

  /** Changes the content of an entry in an archive. @returns what it is since */
  function damage(file: string): string {
    const bytes = readFileSync(file);
    const at = bytes.lastIndexOf(names[9]!);
    bytes.write("SRC", at);
    writeFileSync(file, bytes);
    return names[9]!.replace("src", "SRC");
  }

  function changeForm(): void {
    const file = join(packages(), "last.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), form: "other" }));
  }
});
