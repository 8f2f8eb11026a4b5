import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatRecord, previousRelease, type ReleaseRecord, removable } from "@hostout/releases";
import fc from "fast-check";
import { adoptScript, linkScript } from "../../packages/releases/src/host/adopt-script.ts";
import { prepareScript } from "../../packages/releases/src/host/prepare-scripts.ts";
import {
  cloneScript,
  failScript,
  finishScript,
  pinScript,
} from "../../packages/releases/src/host/release-scripts.ts";
import { removeScript } from "../../packages/releases/src/host/remove-script.ts";
import { goBackScript, switchScript } from "../../packages/releases/src/host/switch-scripts.ts";
import type { Given } from "../../packages/releases/src/script/given.ts";
import { hold, name, recordOf, run, stateOf, token } from "./store-site.ts";

type Step =
  | { readonly do: "deploy"; readonly how: "good" | "build fails" | "verify fails" }
  | { readonly do: "rollback" }
  | { readonly do: "touch" }
  | { readonly do: "pin"; readonly which: number }
  | { readonly do: "cleanup"; readonly keep: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom("good", "build fails", "verify fails")
      .map((how) => ({ do: "deploy" as const, how: how as "good" })),
  },
  { weight: 2, arbitrary: fc.constant({ do: "rollback" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "touch" as const }) },
  { weight: 1, arbitrary: fc.nat({ max: 9 }).map((which) => ({ do: "pin" as const, which })) },
  { weight: 2, arbitrary: fc.nat({ max: 3 }).map((keep) => ({ do: "cleanup" as const, keep })) },
);

/** In few random histories there may be nothing to remove: in this one there is. */
const removing: Step[] = [
  ...Array.from({ length: 4 }, () => ({ do: "deploy", how: "good" }) as const),
  { do: "cleanup", keep: 0 },
];

/** What ought to be, kept by who knows all that was done. */
interface Model {
  /** What was served in turn; undefined: nothing. */
  readonly history: (string | undefined)[];
  readonly good: Set<string>;
  readonly pinned: Set<string>;
}

const served = ({ history }: Model) => history.at(-1);

/** What was served last before what is served now, was good, and is there. */
function target(model: Model): string | undefined {
  const now = served(model);
  const last = model.history.lastIndexOf(now);
  return model.history
    .slice(0, last)
    .findLast((one) => one !== undefined && one !== now && model.good.has(one));
}

/** Goes through a history with the scripts that hosts run. Throws where the host is not as the model says. */
function live(
  path: string,
  isAdopted: boolean,
  steps: readonly Step[],
): { readonly targets: number; readonly removed: number } {
  const model: Model = { history: [undefined], good: new Set(), pinned: new Set() };
  let [next, targets, removed] = [1, 0, 0];
  const script = (text: string, words: readonly string[], given: Given = {}) => {
    const { status, stderr } = run(["sh"], text, [path, ...words], given);
    if (status !== 0) throw new Error(`ended with ${status}: ${stderr}`);
  };
  const hash = (release: string) => release.slice(-8).padStart(64, "0");
  const record = (release: string, result: ReleaseRecord["result"]) =>
    formatRecord({ ...recordOf(release), result, package: hash(release) });
  const check = (what: string) => {
    let now: string | undefined;
    try {
      now = readlinkSync(join(path, "current")).replace("releases/", "");
    } catch {}
    if (now !== served(model)) throw new Error(`${what}: serves ${now}, not ${served(model)}`);
    if (now !== undefined && readFileSync(join(path, "bin/app"), "utf8") !== now)
      throw new Error(`${what}: bin is not of ${now}`);
    const said = previousRelease(stateOf(path));
    targets++;
    if (said !== target(model)) throw new Error(`${what}: would go back to ${said}, not ${target(model)}`);
    for (const release of model.good)
      if (readFileSync(join(path, "releases", release, "bin/app"), "utf8") !== release)
        throw new Error(`${what}: ${release} is not whole`);
  };
  mkdirSync(path);
  script(prepareScript, [""]);
  const holder = hold(path);
  try {
    if (isAdopted) {
      const release = name(next++);
      mkdirSync(join(path, "bin"));
      writeFileSync(join(path, "bin/app"), release);
      const record = formatRecord({ ...recordOf(release), by: "adopt" });
      script(adoptScript, [release, token], { text: record, words: ["bin"] });
      script(linkScript, [token], { words: ["bin"] });
      model.history.push(release);
      model.good.add(release);
      check("adoption");
    }
    for (const one of steps) {
      const what = JSON.stringify(one);
      if (one.do === "deploy") {
        const release = name(next++);
        writeFileSync(join(path, ".hostout/packages", `${hash(release)}.tar`), "");
        script(cloneScript, [release, token, ""], { words: ["bin"] });
        writeFileSync(join(path, "releases", release, "bin/app"), release);
        if (one.how === "build fails")
          script(failScript, [release, token], { text: record(release, "failed") });
        else {
          const before = served(model);
          script(finishScript, [release, token], { text: record(release, "built") });
          script(switchScript, [release, token], { words: ["bin"] });
          model.history.push(release);
          model.good.add(release);
          check(what);
          if (one.how === "verify fails") {
            const back = previousRelease(stateOf(path));
            script(goBackScript, [release, token, back ?? ""]);
            model.good.delete(release);
            model.history.push(before);
          }
        }
      } else if (one.do === "rollback") {
        const back = target(model);
        if (back === undefined) continue;
        script(switchScript, [previousRelease(stateOf(path)) ?? "", token], { words: ["bin"] });
        model.history.push(back);
      } else if (one.do === "touch") {
        // By hand, in the order that misleads who goes by it.
        for (const [index, folder] of readdirSync(join(path, "releases")).toSorted().reverse().entries())
          utimesSync(join(path, "releases", folder), 1e9 + index * 1000, 1e9 + index * 1000);
      } else if (one.do === "pin") {
        const release = [...model.good][one.which];
        if (release === undefined) continue;
        script(pinScript, [release, "pinned"]);
        model.pinned.add(release);
      } else {
        const before = target(model);
        const gone = removable(stateOf(path), one.keep);
        script(removeScript, [token], { words: gone.map(({ kind, name }) => `${kind}:${name}`) });
        for (const { kind, name } of gone) {
          if (kind === "release" && (name === served(model) || name === before || model.pinned.has(name)))
            throw new Error(`${what}: removes ${name}, which is needed`);
          if (kind === "release" && model.good.delete(name)) removed++;
        }
        const packages = new Set(stateOf(path).packages);
        for (const release of model.good)
          if (!(isAdopted && release === name(1)) && !packages.has(hash(release)))
            throw new Error(`${what}: the package of ${release} is gone`);
      }
      check(what);
    }
  } finally {
    holder.kill("SIGKILL");
  }
  return { targets, removed };
}

test("random histories on a real store: never a wrong target, never is something removed that is needed", () => {
  const root = mkdtempSync(join(tmpdir(), "hostout-histories-"));
  const seed = Number(process.env.HOSTOUT_SEED ?? Date.now() % 2 ** 31);
  const numRuns = process.env.HOSTOUT_SWEEP === "full" ? 150 : 8;
  let [histories, targets, removed] = [0, 0, 0];
  try {
    // A history that fails is told with its seed, made as short as it can be.
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { minLength: 8, maxLength: 20 }), (isAdopted, steps) => {
        const found = live(join(root, String(histories++)), isAdopted, steps);
        targets += found.targets;
        removed += found.removed;
      }),
      { numRuns, seed, examples: [[false, removing]] },
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  process.stderr.write(
    `${histories} random histories on a real store (HOSTOUT_SEED=${seed}): ${targets} states, ${removed} releases removed, 0 wrong targets, 0 live deletions\n`,
  );
  expect([histories, targets > histories, removed > 0]).toEqual([numRuns, true, true]);
}, 3_600_000);
