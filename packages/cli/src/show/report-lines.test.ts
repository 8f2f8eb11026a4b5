import type { Event } from "@hostout/kit";
import { type LineSettings, reportLines } from "./report-lines.ts";
import { makeStyle } from "./style.ts";

const at = "2026-11-20T10:00:00.000Z";
const web1 = { task: 1, site: "first-site", host: "web1" };

const start = (...targets: { site: string; host: string }[]): Event => ({
  type: "run.start",
  schema: 1,
  at,
  run: "r",
  config: "/x/buildout.cfg",
  dryRun: false,
  commands: ["deploy"],
  targets,
});
const begin = (place: typeof web1, name: string): Event => ({
  type: "task.start",
  step: "0",
  ...place,
  at,
  path: ["deploy", name],
  plugin: "p",
});
const output = (
  place: { task: number; site: string; host?: string },
  machine: string,
  line: string,
): Event => ({
  type: "output",
  ...place,
  at,
  stream: "stdout",
  machine,
  line,
});
const end = (place: typeof web1, name: string, rest: object): Event => ({
  type: "task.end",
  step: "0",
  ...place,
  at,
  path: ["deploy", name],
  durationMs: 1234,
  status: "ok",
  ...rest,
});

function linesOf(events: readonly Event[], settings: Partial<LineSettings> = {}): string[] {
  let text = "";
  const style = makeStyle({}, {});
  const write = (part: string) => {
    text += part;
  };
  const emit = reportLines({ write, style, quiet: false, verbose: false, folder: "/x", ...settings });
  for (const event of events) emit(event);
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("configuration "));
}

test("a run tells first on which configuration and environment it acts", () => {
  const first = (...targets: readonly { site: string; host: string; environment?: string }[]) => {
    let text = "";
    const style = makeStyle({}, {});
    const emit = reportLines({
      write: (part) => {
        text += part;
      },
      style,
      quiet: true,
      verbose: false,
      folder: "/x",
    });
    emit({ ...start(), targets } as Event);
    return text;
  };
  const a = { site: "a", host: "web1", environment: "production" };
  expect(first(a, { ...a, host: "web2" })).toBe("configuration buildout.cfg, environment: production\n");
  expect(first({ site: "a", host: "web1" })).toBe("configuration buildout.cfg, environment: none named\n");
  expect(first(a, { site: "b", host: "web2" })).toBe(
    "configuration buildout.cfg, environment: a production, b none named\n",
  );
});

const failed = {
  site: "first-site",
  host: "web1",
  status: "failed" as const,
  error: {
    code: "command-failed" as const,
    message: "web1: 'false' ended with 1: no\nreally",
    origin: "/x/buildout.cfg:7",
    hint: "Try it there.",
  },
};
const run: readonly Event[] = [
  start({ site: "first-site", host: "web1" }, { site: "first-site", host: "web2" }),
  begin(web1, "push"),
  output(web1, "web1", "push: a -> b"),
  end(web1, "push", {}),
  end({ ...web1, host: "web2" }, "push", { status: "unchanged" }),
  end(web1, "deploy_etc", { status: "skipped", note: "there is no etc" }),
  end(web1, "restart", { status: "failed" }),
  {
    type: "run.end",
    at,
    run: "r",
    durationMs: 65_000,
    exitCode: 3,
    targets: [failed, { site: "first-site", host: "web2", status: "ok" }],
  },
];

test("each step that did something is one line: its host, how it ended and how long it took", () => {
  expect(linesOf(run).slice(0, 3)).toEqual([
    "[web1] push: a -> b",
    "[web1] push done (1.2 s)",
    "[web1] restart failed (1.2 s)",
  ]);
});

test("with --verbose starts are lines too, and steps that had nothing to do", () => {
  expect(linesOf(run, { verbose: true }).slice(0, 6)).toEqual([
    "[web1] push …",
    "[web1] push: a -> b",
    "[web1] push done (1.2 s)",
    "[web2] push unchanged (1.2 s)",
    "[web1] deploy_etc skipped: there is no etc",
    "[web1] restart failed (1.2 s)",
  ]);
});

test("the recap tells what became of each host, why, where and what to try", () => {
  expect(linesOf(run).slice(3)).toEqual([
    "[web1] failed: web1: 'false' ended with 1: no",
    "    really",
    "    at /x/buildout.cfg:7",
    "    try: Try it there.",
    "[web2] ok, unchanged",
    "1 ok, 1 failed in 65.0 s",
    "'hostout resume' does the steps that are left.",
    "After a change of the project or the configuration, begin anew.",
  ]);
});

test("the recap calls no host unreachable that answered", () => {
  const failed = (host: string, code: "unreachable" | "login-refused" | "host-key" | "connection-lost") =>
    ({ site: "s", host, status: "unreachable", error: { code, message: "why" } }) as const;
  const targets = [
    failed("a", "unreachable"),
    failed("b", "login-refused"),
    failed("c", "host-key"),
    failed("d", "connection-lost"),
  ];
  const lines = linesOf([
    start(...targets),
    { type: "run.end", at, run: "r", durationMs: 100, exitCode: 6, targets },
  ]);
  expect(lines).toEqual(
    expect.arrayContaining([
      "[a] unreachable: why",
      "[b] login refused: why",
      "[c] not trusted: why",
      "[d] connection lost: why",
      "0 ok, 1 unreachable, 1 login refused, 1 not trusted, 1 connection lost in 0.1 s",
    ]),
  );
});

test("the recap tells what a command came to on each host, with --quiet too", () => {
  const last = run.at(-1)!;
  const ok = (host: string, note: string) => ({ site: "first-site", host, status: "ok", value: 1, note });
  const end = { ...last, targets: [ok("web1", "version 1"), ok("web2", "x".repeat(80))] } as Event;
  expect(linesOf([run[0]!, end], { quiet: true }).slice(0, 2)).toEqual(["[web1] ok: version 1", "[web2] ok"]);
  expect(linesOf([run[0]!, end], { verbose: true })[1]).toBe(`[web2] ok: ${"x".repeat(80)}`);
});

test("what is to be mended on the command line or in the configuration is not advised to be gone on with", () => {
  const error = { code: "usage" as const, message: "nothing was uploaded in this run" };
  const last = run.at(-1)!;
  const lines = linesOf([
    ...run.slice(0, -1),
    { ...last, exitCode: 2, targets: [{ ...failed, error }] } as Event,
  ]);
  expect(lines.at(-1)).toBe("0 ok, 1 failed in 65.0 s");
});

test("where only a host was not reached, nothing has to be begun anew; what was done on one that was not finished is told", () => {
  const last = run.at(-1)!;
  const error = { code: "interrupted" as const, message: "not run: stopped" };
  const step = { type: "task.end", at, task: 9, site: "first-site", host: "web1", durationMs: 1 };
  const lines = linesOf([
    run[0]!,
    { ...step, path: ["deploy", "activate"], step: "1", plugin: "p", status: "ok" } as unknown as Event,
    { ...last, exitCode: 130, targets: [{ ...failed, status: "not-run", error }] } as Event,
  ]);
  expect(lines.slice(-4)).toEqual([
    "[web1] not run: not run: stopped",
    "    done before: activate",
    "0 ok, 1 not run in 65.0 s",
    "'hostout resume' does the steps that are left.",
  ]);
});

test("a host that Ctrl-C met amid its work is interrupted, with its live release; one that had not begun is not run", () => {
  const last = run.at(-1)!;
  const amid = { code: "interrupted" as const, message: "interrupted in 'deploy go-live'" };
  const before = { code: "interrupted" as const, message: "interrupted" };
  const step = { type: "task.end", at, task: 9, site: "first-site", durationMs: 1, step: "1", plugin: "p" };
  const check = { ...step, path: ["deploy", "check"], status: "ok", live: "r1" };
  const targets = [
    { ...failed, host: "web1", status: "not-run", error: amid, live: "r1" },
    { ...failed, host: "web2", status: "not-run", error: amid },
    { ...failed, host: "web3", status: "not-run", error: before },
  ];
  const lines = linesOf([
    start(...targets.map(({ site, host }) => ({ site, host }))),
    { ...check, host: "web1" } as unknown as Event,
    { ...check, host: "web2" } as unknown as Event,
    { ...last, exitCode: 130, targets } as Event,
  ]);
  expect(lines.slice(-9)).toEqual([
    "[web1] interrupted: in 'deploy go-live'",
    "    done before: check",
    "    live release: r1",
    "[web2] interrupted: in 'deploy go-live'",
    "    done before: check",
    "    live release: not known; 'hostout first-site status' prints it",
    "[web3] not run: interrupted",
    "0 ok, 2 interrupted, 1 not run in 65.0 s",
    "'hostout resume' does the steps that are left.",
  ]);
});

test("quiet tells failures and the recap only", () => {
  expect(linesOf(run, { quiet: true })[0]).toBe("[web1] restart failed (1.2 s)");
  expect(linesOf(run, { quiet: true })).toHaveLength(9);
});

test("a host that two sites share is named with its site", () => {
  const shared = start({ site: "a", host: "web" }, { site: "b", host: "web" }, { site: "b", host: "[::1]" });
  const lines = linesOf([
    shared,
    output({ task: 1, site: "a", host: "web" }, "web", "x"),
    output({ task: 1, site: "b", host: "[::1]" }, "[::1]", "x"),
    output({ task: 1, site: "b" }, "localhost", "x"),
  ]);
  expect(lines).toEqual(["[a web] x", "[[::1]] x", "[b localhost] x"]);
});

test("a dry run says so", () => {
  expect(linesOf([{ ...start(), dryRun: true } as Event])[0]).toMatch(/^This is a dry run/);
});

test("colours are for terminals, and not where NO_COLOR, CI or TERM forbid them", () => {
  const red = (environment: object) => makeStyle({ isTTY: true }, { ...environment }).red("x");
  expect(red({})).toBe("\u001b[31mx\u001b[0m");
  for (const environment of [{ NO_COLOR: "1" }, { CI: "true" }, { TERM: "dumb" }])
    expect(red(environment)).toBe("x");
});

const warning = (host: string, text: string, task = 1): Event => ({
  ...(output({ task, site: "first-site", host }, host, text) as Extract<Event, { type: "output" }>),
  stream: "note",
  severity: "warning",
});
const ended = (...hosts: readonly string[]): Event => ({
  type: "run.end",
  at,
  run: "r",
  durationMs: 3100,
  exitCode: 0,
  targets: hosts.map((host) => ({ site: "first-site", host, status: "ok" })),
});

test("warnings are printed with --quiet too, and counted in the recap, for each host and for all", () => {
  const hosts = ["web1", "web2"];
  const events = [
    start(...hosts.map((host) => ({ site: "first-site", host }))),
    warning("web1", "b stays"),
    output(web1, "web1", "a line"),
    warning("web1", "c stays"),
    warning("web1", "c stays", 2),
    ended(...hosts),
  ];
  expect(linesOf(events, { quiet: true, warned: () => 1 })).toEqual([
    "[web1] warning: b stays",
    "[web1] warning: c stays",
    "[web1] ok, 2 warnings",
    "[web2] ok",
    "2 ok, 3 warnings in 3.1 s",
  ]);
});

test("a warning that several hosts have in common is printed when it first comes up, and once in the recap", () => {
  const hosts = ["web1", "web2", "web3", "web4", "web5", "web6", "web7"];
  const events = [
    start(...hosts.map((host) => ({ site: "first-site", host }))),
    ...hosts.map((host) => warning(host, "b stays")),
    ended(...hosts),
  ];
  const lines = linesOf(events);
  expect(lines.slice(0, 3)).toEqual([
    "[web1] warning: b stays",
    "[web2, web3, web4, web5 and 2 more] warning: b stays",
    "[web1] ok, 1 warning",
  ]);
  expect(lines.at(-1)).toBe("7 ok, 7 warnings in 3.1 s");
});

const outer = { ...web1, task: 2 };

test("a step within another is one line, and not the other again", () => {
  const within = (rest: object) => [
    start({ site: "first-site", host: "web1" }),
    begin(outer, "go-live"),
    { ...begin(web1, "go-live"), path: ["deploy", "go-live", "start"] } as Event,
    { ...end(web1, "go-live", rest), path: ["deploy", "go-live", "start"] } as Event,
    end(outer, "go-live", rest),
  ];
  expect(linesOf(within({}))).toEqual(["[web1] start done (1.2 s)"]);
  expect(linesOf(within({ status: "failed" }))).toEqual(["[web1] start failed (1.2 s)"]);
  expect(linesOf(within({ status: "unchanged" }))).toEqual([]);
  // The task was only interrupted because of other hosts, which the recap reports.
  expect(linesOf(within({ status: "failed", severity: "detail" }))).toEqual([]);
});

test("details are for --verbose, but for those of a command that was typed", () => {
  const detail = { ...output(web1, "web1", "a -> b"), stream: "note", severity: "detail" } as Event;
  const events = [
    start({ site: "first-site", host: "web1" }),
    begin(web1, "upload"),
    detail,
    end(web1, "upload", { severity: "detail" }),
  ];
  expect(linesOf(events)).toEqual([]);
  expect(linesOf(events, { verbose: true })).toHaveLength(3);
  const typed = events.map((event) => ("path" in event ? { ...event, path: ["upload"] } : event) as Event);
  expect(linesOf(typed)[0]).toBe("[web1] a -> b");
});

test("a run that had nothing to do says so in the recap, with the reason", () => {
  const nothing = {
    ...end(web1, "unlock", { status: "unchanged", note: "no run holds the lock" }),
    path: ["unlock"],
  };
  expect(linesOf([start({ site: "first-site", host: "web1" }), nothing as Event, ended("web1")])).toEqual([
    "[web1] ok, unchanged: no run holds the lock",
    "1 ok in 3.1 s",
  ]);
});

test("the recap says which release is live on each host, also where the run failed", () => {
  const place = { site: "first-site", host: "web1" };
  const lines = (target: object) =>
    linesOf([start(place), { ...ended(), targets: [{ ...place, ...target }] } as Event]).slice(0, -3);
  expect(lines({ ...failed, live: "20261120T1-ab" }).at(-1)).toBe("    live release: 20261120T1-ab");
  expect(lines({ ...failed, live: null }).at(-1)).toBe("    live release: none");
  const recapOf = (target: object) =>
    linesOf([start(place), { ...ended(), targets: [{ ...place, ...target }] } as Event])[0];
  expect(recapOf({ status: "ok", live: "r1", value: 1, note: "2 releases" })).toBe(
    "[web1] ok: 2 releases, live release: r1",
  );
  expect(recapOf({ status: "ok", live: "r1", value: 1, note: "r0 -> r1" })).toBe("[web1] ok: r0 -> r1");
});

test("batches are announced, with the first of their hosts", () => {
  const targets = ["web3", "web4"].map((host) => ({ site: "first-site", host }));
  const batch = { type: "batch", at, batch: 2, of: 5, canary: false, targets } as const;
  expect(linesOf([start(...targets), batch])).toEqual(["batch 2 of 5: web3, web4"]);
  expect(linesOf([start(...targets), { ...batch, batch: 1, canary: true }])).toEqual([
    "batch 1 of 5 (canary): web3, web4",
  ]);
});

test("a host writes no escapes into the terminal, in names neither", () => {
  const place = { site: "first-site", host: "web\u001b[2J" };
  const lines = linesOf([
    start(place),
    output({ task: 1, ...place }, place.host, "a\u001b[31mb\u001b]0;title\u0007"),
    { ...ended(), targets: [{ ...place, status: "ok", value: 1, note: "\u001b[2J" }] } as Event,
  ]);
  expect(lines.slice(0, 2)).toEqual(["[web\\x1b[2J] ab\\x1b]0;title\\x07", "[web\\x1b[2J] ok: \\x1b[2J"]);
});

test("the tables of all hosts are one, in the order of the hosts, in the place of their lines of the recap", () => {
  const hosts = ["web1", "web2"];
  const row = (host: string, cell: string) =>
    ({
      ...end({ ...web1, host }, "status", { table: { columns: ["live release"], rows: [[cell]] } }),
      path: ["status"],
    }) as Event;
  const events = [
    { ...start(...hosts.map((host) => ({ site: "first-site", host }))), commands: ["status"] } as Event,
    row("web2", "b"),
    row("web1", "a"),
    ended(...hosts),
  ];
  expect(linesOf(events)).toEqual(["HOST  LIVE RELEASE", "web1  a", "web2  b", "2 ok in 3.1 s"]);
});
