import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { strays } from "./strays.ts";
import type { ClientSettings, SweepBed } from "./sweep-bed.ts";
import { foreignRelease, projectFiles, servedWhole } from "./whole-release.ts";

/** With HOSTOUT_SWEEP=full, every point in every shell; what is tried after each goes round over the shells. Else a part of them. */
export const isFull = process.env.HOSTOUT_SWEEP === "full";

/** Something that is done to a site, in the midst of which something is killed. */
export interface Deed {
  readonly name: string;
  /** What was kept of the site, from which it begins. */
  readonly from: string;
  readonly words: readonly string[];
  /** The release of the project that it begins with. */
  readonly label: string;
  /** What may be served when it was killed (`nothing` among them), and what is gone back to from there. */
  readonly outcomes: Readonly<Record<string, string | undefined>>;
  /** What is served after it. */
  readonly after: string;
  /** Sites beside the one of the bed that it is done to as well: their folders. */
  readonly beside?: readonly string[];
}

const deployment = ["deployed", "deploy"];

/**
 * The site `two`: A0 was served, A is; there is something to clean up. One of which the release I was deployed `in place`, and one of which
 * O was deployed by `another tool`.
 */
export async function keepSites(bed: SweepBed, unfinished: (path: string) => void): Promise<void> {
  for (const label of ["A0", "A"]) {
    const { code, stdout, stderr } = await bed.client(label, deployment);
    if (code !== 0) throw new Error(stdout + stderr);
  }
  unfinished(bed.path);
  bed.keep("two");
  rmSync(bed.path, { recursive: true });
  writeRelease(bed.path, "I");
  bed.keep("in place");
  rmSync(bed.path, { recursive: true });
  writeRelease(join(bed.path, foreignRelease), "O");
  symlinkSync(foreignRelease, join(bed.path, "current"));
  for (const name of ["bin", "etc", "parts"]) symlinkSync(`current/${name}`, join(bed.path, name));
  bed.keep("of another tool");
}

function writeRelease(folder: string, label: string): void {
  const files = { ...projectFiles(label), "parts/built": `built <${label}>\n` };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

export const deeds = {
  deploy: {
    ...{ name: "deploy", from: "two", words: deployment, label: "B" },
    ...{ outcomes: { A: "A0", B: "A" }, after: "B" },
  },
  rollback: {
    ...{ name: "rollback", from: "two", words: ["deployed", "rollback"], label: "A" },
    ...{ outcomes: { A: "A0", A0: "A" }, after: "A0" },
  },
  cleanup: {
    ...{ name: "cleanup", from: "two", words: ["deployed", "cleanup"], label: "A" },
    ...{ outcomes: { A: "A0" }, after: "A" },
  },
  push: {
    ...{ name: "push", from: "two", words: ["pushed", "push", "--delete"], label: "P" },
    ...{ outcomes: { A: "A0", P: "A" }, after: "P" },
  },
  adoption: {
    ...{ name: "adoption", from: "in place", words: deployment, label: "B" },
    ...{ outcomes: { nothing: undefined, I: undefined, B: "I" }, after: "B" },
  },
  takeover: {
    ...{ name: "takeover", from: "of another tool", words: deployment, label: "B" },
    ...{ outcomes: { O: undefined, B: undefined }, after: "B" },
  },
} as const satisfies Readonly<Record<string, Deed>>;

/** Where something is killed, and what is tried after it. */
export interface Point extends ClientSettings {
  readonly name: string;
  /** Counted from 0: by that, what is tried after it. */
  readonly number: number;
  /** Sets up what is to go wrong; resolves to how that is taken back. */
  readonly fault?: (() => (() => void) | undefined) | undefined;
}

/** What came of a point: whether anything was in fact killed there, and what did not hold. */
export interface Survived {
  readonly code: number | null;
  readonly faults: readonly string[];
}

/**
 * Does something that is killed at a point. What is served then, at once and when the host is quiet, is the old or the new release,
 * whole; the next deploy serves exactly itself; what is gone back to is what was served.
 */
export async function survive(bed: SweepBed, deed: Deed, point: Point): Promise<Survived> {
  const faults: string[] = [];
  const expected = (what: string, is: unknown, ...wanted: readonly unknown[]) => {
    if (!wanted.includes(is))
      faults.push(`${point.name}: ${what}: ${String(is)}, not ${wanted.join(" or ")}`);
  };
  const outcomes = Object.keys(deed.outcomes);
  bed.putBack(deed.from);
  const mend = point.fault?.();
  const killed = await bed.client(deed.label, deed.words, point);
  try {
    expected("served at once", bed.served() ?? "nothing", ...outcomes);
    await bed.quiet();
    mend?.();
    let served = bed.served();
    expected("served then", served ?? "nothing", ...outcomes);
    if (killed.code === 0) expected("served after the end", served, deed.after);
    expected("gone back to", bed.previous(), deed.outcomes[served ?? "nothing"]);
    for (const path of deed.beside ?? []) servedWhole(path);
    const deploy = async (label: string) => {
      const { code, stdout, stderr } = await bed.client(label, deed.beside ? deed.words : deployment);
      expected(`end of the deploy of ${label}${code === 0 ? "" : `\n${stdout}${stderr}`}`, code, 0);
      expected(`served after the deploy of ${label}`, bed.served(), label);
      for (const path of deed.beside ?? [])
        expected(`served at ${path} after the deploy of ${label}`, servedWhole(path), label);
      // What another tool had served is none of the releases.
      if (served !== label && served !== undefined)
        expected("gone back to after it", bed.previous(), served === "O" ? undefined : served);
      // A deploy of what is live already cleans nothing up.
      if (strays(bed.path, bed.state()).length > 0) await bed.client(label, deeds.cleanup.words);
      for (const stray of strays(bed.path, bed.state()))
        faults.push(`${point.name}: there is ${stray} still`);
      served = label;
    };
    const turn = (point.number + bed.round()) % 3;
    await deploy(turn === 0 ? deed.label : "C");
    if (turn === 2) {
      const wanted = bed.previous();
      const { code } = await bed.client("C", ["deployed", "rollback"]);
      if (wanted === undefined) expected("end of the rollback", code, 4);
      else expected("served after the rollback", bed.served(), wanted);
    }
  } catch (error) {
    faults.push(`${point.name}: ${String(error)}`);
  }
  return { code: killed.code, faults };
}

/** Tells how many points of a sweep survived; resolves to what did not hold. */
export async function sweep(
  title: string,
  points: Iterable<Point>,
  tried: (point: Point) => Promise<Survived>,
): Promise<{ readonly count: number; readonly faults: readonly string[] }> {
  const faults: string[] = [];
  let [count, survived] = [0, 0];
  for (const point of points) {
    const found = await tried(point);
    count++;
    if (found.faults.length === 0) survived++;
    faults.push(...found.faults);
    // At once: a sweep takes long.
    for (const fault of found.faults) process.stderr.write(`${title}: ${fault}\n`);
  }
  process.stderr.write(`${title}: ${count} points, ${survived} survived\n`);
  return { count, faults };
}
