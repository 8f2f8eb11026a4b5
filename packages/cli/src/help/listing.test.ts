import { definePlugin, option, requireCommand, type Site } from "@hostout/kit";
import { makeStyle } from "../show/style.ts";
import { commandHelp } from "./command-help.ts";
import { columns, listSite } from "./listing.ts";

const style = makeStyle({}, {});
const inner = definePlugin({
  name: "hostout-inner",
  options: {
    restart: option.lines({ summary: "lines that restart" }),
    token: option.secret({ summary: "a secret", optional: true }),
    keep: option.integer({ summary: "how many", default: "3" }),
  },
  commands: {
    deploy: { summary: "Bring it out", steps: ["push", { command: "restart", when: "keep" }] },
    push: {
      summary: "Send it",
      aliases: ["send"],
      args: { branch: option.string({ summary: "a branch", optional: true }) },
      examples: ["push mybranch"],
      run: async () => {},
    },
    restart: { summary: "Restart it", run: async () => {} },
  },
});
const outer = definePlugin({
  name: "hostout-outer",
  commands: { push: { summary: "", run: (_context, next) => next() } },
});
const origin = { file: "/project/buildout.cfg", line: 7 };
const site: Site = {
  name: "first-site",
  origin,
  config: "/project/buildout.cfg",
  values: new Map(
    Object.entries({ restart: "one\n  two", token: "s3cret" }).map(([key, text]) => [key, { text, origin }]),
  ),
  hosts: [{ name: "web1", address: "web1", port: 2222, user: undefined }],
  plugins: [inner, outer],
};

test("a site lists its commands, the plugin of each, and which override which", () => {
  const text = listSite(site, style);
  expect(text).toContain("first-site on web1:2222, as /project/buildout.cfg:7 says");
  expect(text).toMatch(/^ {2}deploy +Bring it out +\(hostout-inner\)$/m);
  expect(text).toMatch(/^ {2}push, send +Send it +\(hostout-outer over hostout-inner\)$/m);
});

test("help of a command shows usage, arguments and examples as they are typed", () => {
  const text = commandHelp(site, requireCommand(site, "push"), style);
  expect(text).toMatch(/^Send it\n/);
  expect(text).toContain("  hostout first-site push [BRANCH]\n");
  expect(text).toMatch(/^ {2}BRANCH {2}a branch$/m);
  expect(text).toContain("  hostout first-site push mybranch\n");
  expect(text).toContain("Also called send.");
  expect(text).toContain("hostout-outer over hostout-inner");
});

test("help of a composition shows its steps, and options with their values and places; no secret", () => {
  const text = commandHelp(site, requireCommand(site, "deploy"), style);
  expect(text).toMatch(/^ {2}push\n {2}restart +where keep is true$/m);
  expect(text).toMatch(/restart +lines that restart \[one two \(buildout.cfg:7\)\]/);
  expect(text).toMatch(/token +a secret \[\*\*\* \(buildout.cfg:7\)\]/);
  expect(text).toMatch(/keep +how many \[3 \(default\)\]/);
  expect(text).not.toContain("s3cret");
});

test("help of a command shows only the options that it and its steps read, and the flags of hostout", () => {
  const reading = definePlugin({
    name: "hostout-reading",
    options: {
      restart: option.lines({ summary: "lines that restart" }),
      keep: option.integer({ summary: "how many" }),
    },
    commands: {
      prune: { summary: "Prune", reads: ["keep"], run: async () => {} },
      ship: { summary: "Ship", steps: ["prune"] },
    },
  });
  const other = { ...site, plugins: [reading] };
  for (const name of ["prune", "ship"]) {
    const text = commandHelp(other, requireCommand(other, name), style);
    expect(text).toMatch(/^ {2}keep +how many/m);
    expect(text).not.toContain("lines that restart");
    expect(text).toMatch(/^ {2}--dry-run /m);
  }
});

test("help is wrapped at words, at any width", () => {
  const rows = [
    ["name", "some words that tell what it is for, and more of them"],
    ["a-longer-name", "short"],
  ];
  expect(columns(rows, undefined)).toHaveLength(2);
  for (const width of [30, 45, 60, 80])
    for (const line of columns(rows, width)) expect([width, line.length <= width]).toEqual([width, true]);
  expect(columns(rows, 45)).toEqual([
    "  name           some words that tell what it",
    "                 is for, and more of them",
    "  a-longer-name  short",
  ]);
  expect(columns(rows, 30)).toEqual([
    "  name",
    "      some words that tell",
    "      what it is for, and more",
    "      of them",
    "  a-longer-name  short",
  ]);
});
