import { nextPatch } from "../dev/semver-version.ts";
import { baseVersion, compareVersions, isInRange, isPinnedHere, releaseVersion } from "./python-version.ts";

test.each([
  ["1.0", "1.0"],
  ["1.2.dev0", "1.2"],
  ["v2.0a1.post3+local", "2.0"],
  ["1!2.0rc1", "1!2.0"],
  ["2024.1", "2024.1"],
])("the base of %s is %s", (version, base) => expect(baseVersion(version)).toBe(base));

test("a release is named by its base, its count and its content", () => {
  expect(releaseVersion("1.0.dev3", 12, "0123456789abcdef")).toBe("1.0.post12+h01234567");
  expect(nextPatch("1.2.3-beta.1", 4, "0123456789abcdef")).toBe("1.2.7+h01234567");
  expect(nextPatch("no version", 4, "0123456789abcdef")).toBe("0.0.4+h01234567");
});

test.each([
  ["1.0", "1.0", true],
  ["1.0", "1.0.0", true],
  ["1.0.post3+h01234567", "1.0.dev0", true],
  ["1.0.dev0", "1.0.dev0", true],
  ["1.0", "1.0.dev0", false],
  ["0.9", "1.0", false],
  ["0.9.post3+h01234567", "1.0", false],
  ["==1.0", "1.0", true],
  [">=1.0", "1.0.dev0", true],
])("a pin to %s, where the package says %s: the package is meant: %s", (pin, own, isMeant) =>
  expect(isPinnedHere(pin, own)).toBe(isMeant),
);

test("of two versions the greater number is the later", () => {
  expect(["1.10", "1.9", "1.9.1"].sort(compareVersions)).toEqual(["1.9", "1.9.1", "1.10"]);
});

test.each([
  ["1.10", ">=1.9", true],
  ["1.9", ">= 1.9, <2", true],
  ["2.0", ">=1.9,<2", false],
  ["1.5", ">1,!=1.5", false],
  ["1.6", ">1,!=1.5", true],
  ["1.0", ">1.0", false],
  ["1.0", "<=1.0", true],
])("%s is in %s: %s", (version, range, isIn) => expect(isInRange(version, range)).toBe(isIn));
