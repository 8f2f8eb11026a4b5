import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, readConfig } from "@hostout/config";
import ini from "ini";

// How long a configuration takes to read and resolve, as a ratio to what npm's `ini` takes to read the same bytes, in the
// same run. `ini` knows neither extends nor operators nor references; it is the measure of what reading lines costs.
// Prints figures; judges nothing. HOSTOUT_CORPUS may name a folder of real configurations (real/ID/tree, index.json).

const runs = Number(process.argv[2] ?? 9);
const folder = mkdtempSync(join(tmpdir(), "hostout-bench-"));

interface Work {
  readonly name: string;
  readonly root: string;
  readonly files: readonly string[];
}

/** The shape of a large buildout: files over files, hundreds of pins each, parts that take from others and refer to them. */
function likeReal(scale: number): Work {
  const home = mkdtempSync(join(folder, "x"));
  const names = Array.from({ length: 10 }, (_, index) => `f${index}.cfg`);
  for (const [index, name] of names.entries()) {
    const pins = Array.from({ length: 60 * scale }, (_, pin) => `package.number${index}.${pin} = ${pin}.1.2`);
    const parts = Array.from({ length: 6 * scale }, (_, part) => partText(index, part));
    const extended = index === 0 ? "" : `extends = ${names[index - 1]}\n`;
    const text = `[buildout]\n${extended}parts +=\n    p${index}-0\n\n[versions]\n${pins.join("\n")}\n\n${parts.join("\n")}`;
    writeFileSync(join(home, name), text);
  }
  return {
    name: `generated ${scale}×`,
    root: join(home, names.at(-1)!),
    files: names.map((name) => join(home, name)),
  };
}

function partText(file: number, part: number): string {
  return `[p${file}-${part}]
# the part of a site
${part > 0 ? `<= p${file}-${part - 1 - ((part - 1) % 3)}` : "recipe = plone.recipe.zope2instance"}
eggs =
    Plone
    site.policy${part}
zcml += site.policy${part}
port = 80${part}
home = \${buildout:directory}/parts/\${:port}
log = \${:home}/log/\${buildout:parts-directory}
`;
}

function layered(count: number): Work {
  const home = mkdtempSync(join(folder, "x"));
  const names = Array.from({ length: count }, (_, index) => `f${index}.cfg`);
  for (const [index, name] of names.entries()) {
    const extended = index === 0 ? "" : `[buildout]\nextends = f${index - 1}.cfg\n`;
    writeFileSync(
      join(home, name),
      `${extended}[site]\neggs += egg${index}\neggs -= egg${index - 3}\nx${index} = \${:x${Math.max(0, index - 1)}y}\nx${index}y = 1\n`,
    );
  }
  return {
    name: `${count} layered files`,
    root: join(home, names.at(-1)!),
    files: names.map((name) => join(home, name)),
  };
}

function oneFile(name: string, text: string): Work {
  const file = join(mkdtempSync(join(folder, "x")), "buildout.cfg");
  writeFileSync(file, text);
  return { name, root: file, files: [file] };
}

function options(count: number): Work {
  const lines = Array.from({ length: count }, (_, index) => `option${index} = value ${index}`);
  return oneFile(`${count} options`, `[site]\n${lines.join("\n")}\n`);
}

function chain(count: number): Work {
  const lines = Array.from({ length: count }, (_, index) => `o${index + 1} = \${:o${index}}`);
  return oneFile(`chain of ${count} references`, `[site]\no0 = 1\n${lines.join("\n")}\n`);
}

/** The real configuration with most bytes that needs no network. */
function largestReal(): readonly Work[] {
  const corpus = process.env.HOSTOUT_CORPUS;
  if (corpus === undefined) return [];
  const { cases } = JSON.parse(readFileSync(join(corpus, "index.json"), "utf8")) as {
    readonly cases: readonly {
      readonly id: string;
      readonly root: string;
      readonly files: readonly { readonly path: string }[];
      readonly urls: object;
    }[];
  };
  const works = cases
    .filter(({ urls }) => Object.keys(urls).length === 0)
    .map(({ id, root, files }) => {
      const tree = join(corpus, "real", id, "tree");
      return {
        name: `real: ${id}`,
        root: join(tree, root),
        files: files.map(({ path }) => join(tree, path)),
      };
    });
  const readable = works.filter(({ files }) =>
    files.every((file) => readdirSync(join(file, "..")).length > 0),
  );
  return readable.toSorted((a, b) => bytesOf(b) - bytesOf(a)).slice(0, 1);
}

function bytesOf({ files }: Work): number {
  return files.reduce((sum, file) => sum + readFileSync(file).length, 0);
}

function resolveAll(config: Config): void {
  for (const name of config.sectionNames) {
    try {
      config.section(name);
    } catch {
      // Sections of real configurations that refer to what recipes set.
    }
  }
}

async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const works = [
  ...largestReal(),
  likeReal(1),
  likeReal(10),
  likeReal(100),
  layered(1000),
  options(100_000),
  chain(100_000),
];
let smallest: number | undefined;
for (const work of works) {
  const [own, reference]: [number[], number[]] = [[], []];
  for (let run = -2; run < runs; run++) {
    const ownMs = await cpuOf(async () => resolveAll(await readConfig(work.root, { environment: {} })));
    const referenceMs = await cpuOf(() => {
      for (const file of work.files) ini.parse(readFileSync(file, "utf8"));
    });
    if (run < 0) continue;
    own.push(ownMs);
    reference.push(referenceMs);
  }
  const bytes = bytesOf(work);
  const perByte = median(own) / bytes;
  if (work.name === "generated 1×") smallest = perByte;
  const growth =
    smallest === undefined || !work.name.startsWith("generated")
      ? ""
      : `, per byte ${(perByte / smallest).toFixed(2)} of 1×`;
  process.stdout.write(
    `${work.name.padEnd(30)} ${(bytes / 1024).toFixed(0).padStart(6)} KiB ${(median(own) / median(reference)).toFixed(2)} of ini (${median(own).toFixed(0)} ms of CPU)${growth}\n`,
  );
}
rmSync(folder, { recursive: true });
