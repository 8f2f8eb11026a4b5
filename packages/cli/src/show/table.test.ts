import { makeStyle } from "./style.ts";
import { durationText, localTime, tableLines } from "./table.ts";

const style = makeStyle({}, {});
const table = {
  columns: ["host", "live release", "since", "lock"],
  rows: [
    ["web1.example.com", "ab12cd34", "2026-11-27T12:57:07Z", ""],
    ["web2", "", "", ""],
  ],
};

test("a table has a header, aligned columns, times of this machine's clock, and - for nothing", () => {
  const time = localTime("2026-11-27T12:57:07Z");
  expect(time).toMatch(/^2026-11-2[678] \d\d:57$/);
  expect(tableLines(table, style, undefined)).toEqual([
    "HOST              LIVE RELEASE  SINCE             LOCK",
    `web1.example.com  ab12cd34      ${time}  -`,
    "web2              -             -                 -",
  ]);
});

test("a table that is wider than the terminal goes without empty columns, and then with a few lines for each row", () => {
  for (const line of tableLines(table, style, 50)) expect(line).not.toMatch(/LOCK|-$.*-$/);
  const stacked = tableLines(table, style, 40);
  expect(stacked.slice(0, 4)).toEqual([
    "web1.example.com",
    "  live release  ab12cd34",
    `  since         ${localTime("2026-11-27T12:57:07Z")}`,
    "",
  ]);
  for (const line of stacked) expect(line.length).toBeLessThan(40);
});

test("a cell has no power over the terminal, and stays one line", () => {
  expect(tableLines({ columns: ["a"], rows: [["x\u001b[2J\ny"]] }, style, undefined)[1]).toBe("x\\x1b[2J y");
});

test("a duration is in the unit that fits it", () => {
  expect([850, 3140, 125_000, 4_330_000].map(durationText)).toEqual([
    "850 ms",
    "3.1 s",
    "2 min 5 s",
    "1 h 12 min",
  ]);
});
