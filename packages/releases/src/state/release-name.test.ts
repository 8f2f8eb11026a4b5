import { releaseName, releaseTimeMs } from "./release-name.ts";

test.each([0, 999, Date.UTC(2026, 10, 21, 12, 8, 15, 9), Date.UTC(2099, 11, 31, 23, 59, 59, 999)])(
  "the name of a release says when it was made: %d",
  (timeMs) => {
    expect(releaseTimeMs(releaseName(timeMs, "ab12cd34"))).toBe(timeMs);
  },
);

test("a name without fractions of a second is of the whole second", () => {
  expect(releaseTimeMs("20261120T101500Z-ab12cd34")).toBe(Date.UTC(2026, 10, 20, 10, 15));
});
