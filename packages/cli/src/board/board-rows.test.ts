import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "@hostout/kit";
import { Listr } from "listr2";
import { visibleText } from "../show/visible-text.ts";
import { boardPlace, followTasks } from "./board.ts";
import { type BoardPlace, makeBoardPlaces } from "./board-places.ts";
import { boardRows, bytesText } from "./board-rows.ts";
import { makeHostTasks } from "./host-tasks.ts";
import { makeLiveArea } from "./live-area.ts";

const busy = (label: string): BoardPlace => ({
  label,
  doing: { text: "deploy push", sinceMs: 1000 },
  state: "open",
});
const size = { columns: 60, rows: 24 };
const placesOf = (all: readonly BoardPlace[]) => {
  const places = makeBoardPlaces();
  for (const place of all) places.update(place);
  return places;
};

test("the board tells what each host does and for how long, which hosts wait, and the totals", () => {
  const places: readonly BoardPlace[] = [
    { ...busy("web1"), doing: { text: `push ${bytesText(3_200_000, 10_000_000)}`, sinceMs: 1000 } },
    { label: "web2", doing: undefined, state: "failed" },
    { label: "web3", doing: undefined, state: "open" },
    { label: "web4", doing: undefined, state: "done" },
    busy("web5"),
  ];
  expect(boardRows(placesOf(places), 6500, size)).toEqual([
    "  [web1] push 3.2 of 10.0 MB 5 s",
    "  [web3] waiting",
    "  [web5] deploy push 5 s",
    "  2 at work, 1 waiting, 1 done, 1 failed",
  ]);
});

test("a host that has not begun, or waits for others between two steps, waits on the board: listr2 has the tasks", async () => {
  const at = "2026-11-20T10:00:00.000Z";
  const task = (number: number, host: string, ...path: readonly string[]) =>
    ({ task: number, site: "a", host, path, at, step: "0" }) as const;
  const start = (...of: Parameters<typeof task>): Event => ({
    type: "task.start",
    plugin: "p",
    ...task(...of),
  });
  const end = (...of: Parameters<typeof task>): Event => ({
    type: "task.end",
    durationMs: 1,
    status: "ok",
    ...task(...of),
  });
  const hosts = makeHostTasks({
    ...{ type: "run.start", at, run: "r", schema: 1, config: "/x", dryRun: false, commands: ["deploy"] },
    targets: ["w1", "w2", "w3"].map((host) => ({ site: "a", host })),
  });
  const options = { concurrent: true, exitOnError: false, renderer: "silent" } as const;
  const listr = new Listr([...hosts.tasks], options);
  const places = new Map<string, BoardPlace>();
  followTasks(listr.tasks as never, (one) => places.set(one.title!, boardPlace(one, hosts)));
  const ended = listr.run();
  const states = async () => {
    // listr2 takes some turns of the event loop.
    await sleep(10);
    return [...places.values()]
      .filter(({ state }) => state !== undefined)
      .map(({ label, doing, state }) => `${label} ${doing?.text ?? (state === "open" ? "waits" : state)}`);
  };
  hosts.follow(start(1, "w1", "deploy"));
  expect(await states()).toEqual(["w1 deploy", "w2 waits", "w3 waits"]);
  hosts.follow(start(2, "w1", "deploy", "push"));
  hosts.follow(start(3, "w2", "deploy"));
  expect(await states()).toEqual(["w1 deploy push", "w2 deploy", "w3 waits"]);
  hosts.follow(end(2, "w1", "deploy", "push"));
  hosts.follow({ ...end(3, "w2", "deploy"), status: "failed" } as Event);
  expect(await states()).toEqual(["w1 waits", "w2 failed", "w3 waits"]);
  hosts.follow(end(1, "w1", "deploy"));
  expect(await states()).toEqual(["w1 done", "w2 failed", "w3 waits"]);
  hosts.close();
  await ended;
  expect(await states()).toEqual(["w1 done", "w2 failed", "w3 done"]);
});

test("with hundreds of hosts the board stays within the terminal, in height and width", () => {
  const places = Array.from({ length: 200 }, (_, index) => busy(`a-host-with-a-long-name-${index}`));
  const rows = boardRows(placesOf(places), 2000, { columns: 30, rows: 10 });
  expect(rows).toHaveLength(5);
  expect(rows.at(-1)).toMatch(/200 at work \(196/);
  for (const row of rows) expect(row.length).toBeLessThan(30);
});

test("a drawing reads the places that it shows, however many there are", () => {
  const readsWith = (count: number) => {
    let reads = 0;
    const counted = (place: BoardPlace) =>
      new Proxy(place, {
        get: (of, key: keyof BoardPlace) => {
          reads++;
          return of[key];
        },
      });
    const all = Array.from({ length: count }, (_, index) =>
      index % 2 === 0 ? busy(`h${index}`) : { ...busy(`h${index}`), doing: undefined },
    );
    const places = placesOf(all.map(counted));
    reads = 0;
    expect(boardRows(places, 2000, { columns: 80, rows: 50 })).toHaveLength(21);
    return reads;
  };
  expect(readsWith(5000)).toBe(readsWith(50));
});

test("places keep their row while they work, and the totals follow each change", () => {
  const places = placesOf(Array.from({ length: 100 }, (_, index) => busy(`h${index}`)));
  const rows = () => boardRows(places, 2000, { columns: 80, rows: 8 }).map((row) => row.trim());
  places.update({ ...busy("h1"), doing: { text: "deploy push 1.0 MB", sinceMs: 1000 } });
  expect(rows()).toEqual([
    "[h0] deploy push 1 s",
    "[h1] deploy push 1.0 MB 1 s",
    "[h2] deploy push 1 s",
    "100 at work (97 not shown)",
  ]);
  places.update({ ...busy("h0"), doing: undefined });
  places.update({ label: "h2", doing: undefined, state: "done" });
  places.update({ label: "h3", doing: undefined, state: "failed" });
  expect(rows()).toEqual([
    "[h1] deploy push 1.0 MB 1 s",
    "[h4] deploy push 1 s",
    "[h5] deploy push 1 s",
    "97 at work (94 not shown), 1 waiting, 1 done, 1 failed",
  ]);
});

test("the board goes when nothing is done", () => {
  expect(boardRows(placesOf([{ ...busy("web1"), doing: undefined }]), 0, size)).toEqual([]);
});

test("lines are written above the rows, which are drawn anew below them", () => {
  let rows = ["one", "two"];
  const written: string[] = [];
  const area = makeLiveArea(
    (text) => written.push(text),
    () => rows,
    visibleText,
  );
  area.redraw();
  area.write("a\u001b line\n");
  rows = [];
  area.redraw();
  area.redraw();
  expect(written).toEqual(["one\ntwo\n", "\u001b[2F\u001b[Ja\\x1b line\none\ntwo\n", "\u001b[2F\u001b[J"]);
});

test("while a question or a shell has the terminal, no row is drawn", () => {
  const written: string[] = [];
  const area = makeLiveArea(
    (text) => written.push(text),
    () => ["row"],
    visibleText,
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
