import { definePlugin, option, type Site } from "@hostout/kit";
import { packageName } from "../plugins/package-name.ts";
import { findConfig } from "../project/find-config.ts";
import { globForm } from "./glob-form.ts";
import { routeCommands, routeSites } from "./route.ts";

const quiet = { summary: "", run: async () => {} };
const plugin = definePlugin({
  name: "p",
  commands: {
    pull: quiet,
    update: {
      ...quiet,
      args: { branch: option.string({ summary: "", optional: true }), force: option.flag({ summary: "" }) },
    },
    buildout: { ...quiet, rest: { name: "argument", summary: "", takes: "flags" as const } },
    push: quiet,
    restart: quiet,
    run: { ...quiet, rest: { name: "word", summary: "", takes: "everything" as const } },
    put: { ...quiet, args: { local: option.string({ summary: "" }) } },
  },
});
const origin = { file: "/x", line: 1 };
const site: Site = {
  name: "first-site",
  origin,
  config: "/x",
  values: new Map(),
  hosts: [],
  plugins: [plugin],
};

const route = (line: string) => {
  const { flags, commands } = routeCommands(line.split(" "), [site]);
  return { flags, commands: commands.map(({ name, words }) => [name, ...words].join(" ")) };
};

test("words are commands as long as they are names of commands", () => {
  expect(route("pull update buildout push restart").commands).toEqual([
    "pull",
    "update",
    "buildout",
    "push",
    "restart",
  ]);
});

test("arguments reach the command that they stand after", () => {
  expect(route("update mybranch").commands).toEqual(["update mybranch"]);
  expect(route("pull update mybranch --force").commands).toEqual(["pull", "update mybranch --force"]);
  expect(route("update -- push").commands).toEqual(["update push"]);
  expect(route("put push").commands).toEqual(["put push"]);
});

test("run takes everything, buildout its own short flags", () => {
  expect(route("run ls -q --json pull").commands).toEqual(["run ls -q --json pull"]);
  const { flags, commands } = route("buildout -o -c prod.cfg --dry-run");
  expect(commands).toEqual(["buildout -o -c prod.cfg"]);
  expect(flags).toEqual({ dryRun: true });
});

test("flags and assignments may stand before, between and after the sites", () => {
  const isSite = (word: string) => ["a", "b", "all", "!b"].includes(word);
  expect(routeSites(["-c", "x.cfg", "a", "--jobs=3", "a:path=/x", "b", "pull", "all"], isSite)).toEqual({
    flags: { config: "x.cfg", jobs: 3 },
    siteWords: ["a", "b"],
    assignments: ["a:path=/x"],
    rest: ["pull", "all"],
  });
  expect(() => routeSites(["--jobs", "none"], isSite)).toThrow("--jobs needs a whole number");
});

test("an unknown command is told with a near one, and nothing is guessed", () => {
  expect(() => route("psuh")).toThrow("first-site has no command 'psuh'");
});

test("globs are those of a shell", () => {
  expect(["web1", "web22", "db"].filter((name) => globForm("web?").test(name))).toEqual(["web1"]);
  expect(globForm("[!w]*").test("web")).toBe(false);
});

test("the old name of a plugin is its package's", () => {
  expect([packageName("hostout.pushdeploy"), packageName("@x/hostout-y")]).toEqual([
    "hostout-pushdeploy",
    "@x/hostout-y",
  ]);
});

test("a configuration that is named and not there is an error, wherever it was named", () => {
  expect(() => findConfig("gone.cfg", {}, "/tmp")).toThrow("there is no /tmp/gone.cfg (-c names it)");
  expect(() => findConfig(undefined, { HOSTOUT_CONFIG: "/gone.cfg" }, "/tmp")).toThrow(
    "HOSTOUT_CONFIG names it",
  );
});
