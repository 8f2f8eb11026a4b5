import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectLive } from "./live-release.ts";
import { makeTree, type Tree } from "./tree.ts";

// The figures of a deploy count only where this look at the disk finds the work done.

let folder: string;
let tree: Tree;
const site = () => join(folder, "site");
const release = (name: string) => {
  mkdirSync(join(site(), "releases", name), { recursive: true });
  cpSync(join(folder, "tree"), join(site(), "releases", name, "tree"), { recursive: true });
};
const goLive = (target: string) => {
  rmSync(join(site(), "current"), { force: true });
  symlinkSync(target, join(site(), "current"));
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hostout-bench-"));
  tree = makeTree(join(folder, "tree"), 40);
  release("1");
  goLive("releases/1");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a live release with the tree passes", () => {
  expectLive(tree, site(), 1);
});

test("20 changed files that are not live fail", () => {
  tree.change();
  expect(() => expectLive(tree, site(), 1)).toThrow("has other contents than the tree");
  release("2");
  goLive(join(site(), "releases", "2"));
  expectLive(tree, site(), 2);
});

test("a missing and an additional file fail", () => {
  writeFileSync(join(site(), "releases", "1", "tree", "more"), "");
  expect(() => expectLive(tree, site(), 1)).toThrow("has 41 files in place of 40");
  rmSync(join(site(), "releases", "1", "tree", "more"));
  rmSync(join(site(), "releases", "1", "tree", "3", "f3"));
  expect(() => expectLive(tree, site(), 1)).toThrow("has 39 files in place of 40");
});

test("an old release that was not removed fails", () => {
  release("2");
  release("3");
  goLive("releases/3");
  expect(() => expectLive(tree, site(), 2)).toThrow("has 3 releases in place of 2: 1, 2, 3");
});

test.each(["releases/2", "../tree"])("a switch to %s fails", (target) => {
  goLive(target);
  expect(() => expectLive(tree, site(), 1)).toThrow(`current (${target}) leads to no release: 1`);
});
