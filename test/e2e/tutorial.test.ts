import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildoutMain } from "@hostout/releases";
import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { buildoutPython, projectPath, type SeedBed, startSeedBed } from "./seed-bed.ts";

const root = dirname(dirname(import.meta.dirname));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const fences = (text: string, kind: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, body = ""]) => body);
const commands = (text: string) =>
  fences(text, "console").flatMap((body) =>
    [...body.matchAll(/^\$ bin\/hostout ?(.*)$/gm)].map(([, words = ""]) => words),
  );

describeUnless(whyNoBed(), "what the documents say", () => {
  let bed: SeedBed;
  beforeAll(async () => {
    bed = await startSeedBed();
  });
  afterAll(() => bed?.stop());

  test("the tutorial can be walked as it is written", async () => {
    const text = read("docs/tutorial/first-deploy.md");
    const [config = ""] = fences(text, "ini");
    await bed.staging.sh(`printf %s "$CONFIG" >${projectPath}/buildout.cfg`, { env: { CONFIG: config } });
    // As its user would, without hostout; Debian's zc.buildout 2.13 asks for names that Python 3.10 moved.
    const build = `cd $(mktemp -d) && cp ${projectPath}/buildout.cfg . && ${buildoutPython} -c '${buildoutMain}' -o`;
    expect((await bed.staging.sh(build, { mayFail: true })).code).toBe(0);
    const walk = commands(text);
    expect(walk.length).toBeGreaterThan(6);
    for (const words of walk) {
      const { code, stdout, stderr } = await bed.hostout(words);
      expect([words, code, code === 0 ? "" : stdout + stderr]).toEqual([words, 0, ""]);
    }
  });

  test("the run that the tutorial shows is what hostout prints", async () => {
    const text = read("docs/tutorial/first-deploy.md");
    const [config = ""] = fences(text, "ini");
    await bed.staging.sh(
      `printf %s "$CONFIG" >${projectPath}/buildout.cfg; date >/var/buildout/first_site/parts/changed`,
      {
        env: { CONFIG: config },
      },
    );
    const plain = (output: string) =>
      output
        .replaceAll(/\d+\.\d s|\d+ changed/g, "N")
        .replaceAll(/\d{8}T\d{9}Z-[0-9a-f]{8}/g, "NAME")
        .split("\n")
        .filter((line) => !/greeter:/.test(line));
    const { stdout } = await bed.hostout("first-site deploy");
    const [, shown = ""] =
      /^\$ bin\/hostout first-site deploy\n(configuration[\s\S]*?)^```/m.exec(text) ?? [];
    expect(plain(stdout)).toEqual(plain(shown));
  });
});
