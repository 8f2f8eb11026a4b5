import { boardRows, bytesText } from "./board-rows.ts";
import { makeLiveArea } from "./live-area.ts";

const busy = (label: string) => ({ label, doing: { command: "deploy push", sinceMs: 1000 }, failed: false });
const size = { columns: 60, rows: 24 };

test("the board tells what each host does and for how long, and the totals", () => {
  const places = [
    { ...busy("web1"), doing: { command: "push", sinceMs: 1000, bytes: bytesText(3_200_000, 10_000_000) } },
    { label: "web2", doing: undefined, failed: true },
    busy("web3"),
  ];
  expect(boardRows(places, 6500, size)).toEqual([
    "  [web1] push 3.2 of 10.0 MB 5 s",
    "  [web3] deploy push 5 s",
    "  2 of 3 at work, 1 failed",
  ]);
});

test("with hundreds of hosts the board stays within the terminal, in height and width", () => {
  const places = Array.from({ length: 200 }, (_, index) => busy(`a-host-with-a-long-name-${index}`));
  const rows = boardRows(places, 2000, { columns: 30, rows: 10 });
  expect(rows).toHaveLength(5);
  expect(rows.at(-1)).toMatch(/200 of 200 at work, 196/);
  for (const row of rows) expect(row.length).toBeLessThan(30);
});

test("the board goes when nothing is done", () => {
  expect(boardRows([{ ...busy("web1"), doing: undefined }], 0, size)).toEqual([]);
});

test("lines are written above the rows, which are drawn anew below them", () => {
  let rows = ["one", "two"];
  const written: string[] = [];
  const area = makeLiveArea(
    (text) => written.push(text),
    () => rows,
  );
  area.redraw();
  area.write("a line\n");
  rows = [];
  area.redraw();
  area.redraw();
  expect(written).toEqual(["one\ntwo\n", "\u001b[2F\u001b[Ja line\none\ntwo\n", "\u001b[2F\u001b[J"]);
});

test("while a question or a shell has the terminal, no row is drawn", () => {
  const written: string[] = [];
  const area = makeLiveArea(
    (text) => written.push(text),
    () => ["row"],
  );
  area.redraw();
  const resume = area.pause();
  area.redraw();
  area.write("a line\n");
  expect(written.slice(1)).toEqual(["\u001b[1F\u001b[J", "a line\n"]);
  resume();
  area.redraw();
  expect(written.at(-1)).toBe("row\n");
});
