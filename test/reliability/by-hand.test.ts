import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removable } from "@hostout/releases";
import { removeScript } from "../../packages/releases/src/host/remove-script.ts";
import { goBackScript, switchScript } from "../../packages/releases/src/host/switch-scripts.ts";
import type { Given } from "../../packages/releases/src/script/given.ts";
import { hold, makeSite, name, run, servedWhole, stateOf, token } from "./store-site.ts";

let root: string;
let site: string;
let holder: ChildProcess;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "hostout-by-hand-")));
  site = join(root, "site");
  makeSite(site, 3);
  symlinkSync("site", join(root, "alias"));
  holder = hold(site);
});
afterEach(() => {
  holder.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

const script = (text: string, words: readonly string[], given: Given = {}) =>
  run(["sh"], text, [site, ...words], given);
const text = () => readFileSync(join(site, "current/index.html"), "utf8");
const serveByHand = (target: string) => {
  rmSync(join(site, "current"));
  symlinkSync(target, join(site, "current"));
};

/** Ways in which somebody who switches by hand may write a release; the shell adds the slash. */
const spellings: readonly (readonly [string, (release: string) => string])[] = [
  ["with a slash at its end", (release) => `releases/${release}/`],
  ["from the root", (release) => `${site}/releases/${release}`],
  ["from the root, with a slash", (release) => `${site}/releases/${release}/`],
  ["by another way", (release) => `${root}/alias/releases/${release}`],
  ["from here", (release) => `./releases/${release}`],
  ["with two slashes", (release) => `releases//${release}`],
];

describe.each(spellings)("a release that was switched to by hand, written %s", (_how, spell) => {
  test("is known as what is served, and stays", () => {
    serveByHand(spell(name(2)));
    const state = stateOf(site);
    expect([state.served, state.foreign]).toEqual([name(2), undefined]);
    expect(removable(state, 0).map((one) => one.name)).toEqual([name(3)]);
    expect(
      script(removeScript, [token], { words: [`release:${name(2)}`, `release:${name(3)}`] }).status,
    ).toBe(0);
    expect(text()).toBe(name(2));
  });

  test("is gone back to", () => {
    serveByHand(spell(name(2)));
    expect(script(switchScript, [name(3), token]).status).toBe(0);
    expect(stateOf(site).log.map(({ release }) => release)).toEqual([1, 2, 3].map(name));
    expect(existsSync(join(site, ".hostout/foreign"))).toBe(false);
    expect(script(goBackScript, [name(3), token, name(2)], { text: "[release]\n" }).status).toBe(0);
    expect(servedWhole(site)).toBe(name(2));
  });
});

test("what leads to no release of hostout is of another tool", () => {
  for (const target of [
    "releases/20260101000000",
    `${site}/releases/20260101000000`,
    "../elsewhere",
    "gone",
  ]) {
    serveByHand(target);
    const { served, foreign } = stateOf(site);
    expect([served, foreign]).toEqual([undefined, target.replace(/^releases\//, "")]);
  }
  expect(script(switchScript, [name(3), token]).status).toBe(0);
  expect(existsSync(join(site, ".hostout/served.log"))).toBe(true);
  expect(text()).toBe(name(3));
});
