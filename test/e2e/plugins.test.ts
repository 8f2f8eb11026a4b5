import { readFileSync, symlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Ended } from "../bed/run-program.ts";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";

const root = dirname(dirname(import.meta.dirname));

let bed: ThrowAway;
beforeAll(async () => {
  bed = await startThrowAway();
});
afterAll(() => bed.stop());

/** A task file with one command that says a word. */
const says = (name: string, command: string, word: string, more = "") =>
  `import { definePlugin, option } from "@hostout/kit";
  export const plugin = definePlugin({
    name: "${name}", ${more}
    commands: { ${command}: { summary: "Say", run: async ({ note }) => note("${word}") } },
  });`;

const site = (name: string, lines: string) =>
  `[${name}]\nhost = ${name}.example.com\nuser = ${bed.user}\n${lines}\n`;
/** The lines of commands, without those that say how a step ended. */
const told = ({ stdout }: Ended) =>
  stdout.split("\n").filter((line) => /\] (?!\S+ (?:done|failed) \()/.test(line) && !/\] ok$/.test(line));

test("a task that calls hostout on this machine has the configuration of its run, from any folder, and its host has not", async () => {
  await bed.write({
    "here/prod.cfg": `${site("only", "tasks = ./tasks.ts")}`,
    "here/tasks.ts": `import { definePlugin } from "@hostout/kit";
  export const plugin = definePlugin({
    name: "tasks",
    commands: { nested: { summary: "Call", run: async ({ local, remote }) => {
      await local.run(["${join(root, "bin", "hostout")}", "sites"], { cwd: "/" });
      await remote.run(["sh", "-c", 'echo "host: <$HOSTOUT_CONFIG>"']);
    } } },
  });`,
  });
  for (const words of [["-c", "here/prod.cfg"], ["HOSTOUT_CONFIG=here/prod.cfg"]]) {
    const [first = ""] = words;
    const { code, stdout } = first.includes("=")
      ? await bed.run("env", first, join(root, "bin", "hostout"), "only", "nested")
      : await bed.hostout(...words, "only", "nested");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/only .*only\.example\.com/)]);
    expect(stdout).toContain("host: <>\n");
  }
});

test("one line does different work on different sites, each by its own task file", async () => {
  await bed.write({
    "log.ts": says("log", "setup", "logs are kept"),
    "web.js": says("web", "setup", "pages are served"),
    "sub/more.cfg": site("devci", "tasks = ./ci.ts"),
    "sub/ci.ts": says("ci", "setup", "builds are run"),
    "hostout.cfg": `[buildout]\nextends = sub/more.cfg\n${site("devlog", "tasks = ./log.ts")}${site("devweb", "fabfiles = web.js")}`,
  });
  const run = await bed.hostout("devci", "devlog", "devweb", "setup", "--jobs", "1");
  expect([run.code, run.stderr.split("\n")[0]]).toEqual([0, "warning: [devweb] 'fabfiles' is an old name"]);
  expect(told(run)).toEqual([
    "[devci.example.com] builds are run",
    "[devlog.example.com] logs are kept",
    "[devweb.example.com] pages are served",
  ]);
});

test("a site composes commands and hooks itself", async () => {
  await bed.write({
    "all.ts": `import { definePlugin, HostoutError, option } from "@hostout/kit";
      const say = (word) => ({ summary: "Say " + word, run: async ({ note }) => note(word) });
      export const plugin = definePlugin({
        name: "all",
        commands: {
          backup: say("backup"), verify: say("verify"), tell: say("tell"),
          deploy: { summary: "Deploy", run: async ({ note }) => note("deploy") },
          greet: { summary: "Greet", args: { who: option.string({ summary: "whom" }) }, run: async ({ note, args }) => note("hello " + args.who) },
          breaks: { summary: "Break", run: async () => { throw new HostoutError({ code: "failed", message: "broken" }); } },
        },
      });`,
    "hostout.cfg": site(
      "shop",
      `tasks = all.ts
before.deploy = backup
after.deploy = verify
on-failure.breaks = greet everybody tell
commands.nightly = deploy greet crew
commands.twice =
    greet one
    greet two and three`,
    ),
  });
  expect(told(await bed.hostout("shop", "nightly"))).toEqual(
    ["backup", "deploy", "verify", "hello crew"].map((line) => `[shop.example.com] ${line}`),
  );
  const twice = await bed.hostout("shop", "twice");
  expect([twice.code, told(twice)[0]]).toEqual([2, "[shop.example.com] hello one"]);
  expect(twice.stdout).toContain("greet does not take 'and'");
  const broken = await bed.hostout("shop", "breaks");
  expect(broken.code).toBe(4);
  expect(told(broken).slice(0, 2)).toEqual(["[shop.example.com] hello everybody", "[shop.example.com] tell"]);
  expect(broken.stdout).toContain("[shop.example.com] failed: broken");
  const unknown = await bed.hostout("shop:commands.x=deploy verfy", "shop", "x");
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    "hostout: shop has no command 'verfy'\n  try: Did you mean 'verify'?\n",
  ]);
  const circle = await bed.hostout("shop:commands.a=b", "shop:commands.b=a", "shop", "a");
  expect(circle.stderr).toMatch(/^hostout: shop: the command 'a' is a step of itself: a → b → a\n/);
});

test("each fault of a plugin names it, its file and the site; other sites go on", async () => {
  await bed.write({
    "throws.ts": "throw new Error('out of luck');",
    "none.ts": "export const nothing = 1;",
    "syntax.ts": "export const = 3;",
    "old.py": "def setup(): pass",
    "one.ts": says("one", "x", "x", 'options: { keep: option.integer({ summary: "how many" }) },'),
    "two.ts": says("two", "y", "y", 'options: { keep: option.boolean({ summary: "whether" }) },'),
    "hostout.cfg": `${site("fine", "tasks = log.ts")}${site("throws", "tasks = throws.ts")}${site("none", "tasks = none.ts")}
${site("syntax", "tasks = syntax.ts")}${site("python", "fabfiles = old.py")}${site("gone", "tasks = gone.ts")}${site("clash", "tasks = one.ts two.ts")}`,
  });
  const at = (file: string) => join(bed.folder, file);
  const faults: Readonly<Record<string, string>> = {
    throws: `[throws] ${at("throws.ts")} cannot be loaded: out of luck`,
    none: `[none] ${at("none.ts")} exports no 'plugin'`,
    syntax: `[syntax] ${at("syntax.ts")} cannot be loaded: `,
    python: `[python] ${at("old.py")} is a fabfile in Python`,
    gone: `[gone] there is no task file ${at("gone.ts")}`,
    clash: `[clash] two plugins read the option 'keep' otherwise: as whole number one (${at("one.ts")}), as true or false two (${at("two.ts")})`,
  };
  for (const [name, message] of Object.entries(faults)) {
    const { code, stderr } = await bed.hostout(name, "run", "true");
    expect([
      name,
      code,
      stderr.startsWith(`hostout: ${message}`),
      stderr.includes(`${at("hostout.cfg")}:`) || stderr,
    ]).toEqual([name, 2, true, true]);
  }
  expect((await bed.hostout("fine", "setup")).code).toBe(0);
  const { stdout } = await bed.hostout("plugins");
  expect(stdout).toContain("[throws]");
  expect(stdout).toMatch(/ {2}fine +log +/);
});

test("a plugin that throws what nobody foresaw is named in the recap", async () => {
  await bed.write({
    "bug.ts": `import { definePlugin } from "@hostout/kit";
      export const plugin = definePlugin({ name: "buggy", commands: { work: { summary: "Work", run: async () => { null.x; } } } });`,
    "hostout.cfg": site("shop", "tasks = bug.ts"),
  });
  const { code, stdout } = await bed.hostout("shop", "work");
  expect(code).toBe(1);
  expect(stdout).toContain(
    "[shop.example.com] failed: Cannot read properties of null (reading 'x')\n    in 'work' of buggy, which has a fault\n",
  );
});

test("rolling parts go batch by batch, as --batch says", async () => {
  await bed.write({
    "roll.ts": `import { definePlugin } from "@hostout/kit";
      const say = (word) => ({ summary: word, run: async ({ note }) => note(word) });
      export const plugin = definePlugin({ name: "roll", commands: {
        stop: say("stop"), start: say("start"), ship: { summary: "Ship", steps: [{ rolling: true, steps: ["stop", "start"] }] },
      } });`,
    "hostout.cfg": `[web]\nhost = a.example.com b.example.com c.example.com\nuser = ${bed.user}\ntasks = roll.ts\n`,
  });
  const words = async (...flags: string[]) =>
    told(await bed.hostout("web", "ship", "--jobs", "1", ...flags))
      .map((line) => line.replace(/\[(.).*\] (...).*/, "$2 $1"))
      .join(",");
  expect(await words()).toBe("sto a,sta a,sto b,sta b,sto c,sta c");
  expect(await words("--batch", "2")).toBe("sto a,sto b,sta a,sta b,sto c,sta c");
  expect(await words("--batch=100%")).toBe("sto a,sto b,sto c,sta a,sta b,sta c");
  const wrong = await bed.hostout("web", "ship", "--batch", "101%");
  expect([wrong.code, wrong.stderr.split("\n")[0]]).toEqual([
    2,
    "hostout: --batch needs a number of hosts or a part of them, not '101%'",
  ]);
});

test("explain gives the whole tree as data, from which the dry run is told too", async () => {
  await bed.write({
    "over.ts": `import { definePlugin, option } from "@hostout/kit";
      export const plugin = definePlugin({ name: "over",
        options: { token: option.secret({ summary: "opens doors", optional: true }), label: option.string({ summary: "name", default: "x" }) },
        commands: { run: { reads: ["label", "token"], before: ["look"], run: async (_context, next) => next() }, look: { summary: "Look", run: async () => {} } } });`,
    "hostout.cfg": site("shop", "tasks = over.ts\ntoken = s3cret\neffective-user = zope"),
  });
  const { stdout } = await bed.hostout("--json", "shop", "explain", "run", "uptime");
  const [{ hosts, effectiveUser, commands }] = JSON.parse(stdout);
  expect({ hosts, effectiveUser }).toEqual({
    hosts: [{ name: "shop.example.com", user: bed.user }],
    effectiveUser: "zope",
  });
  expect(commands[0]).toMatchObject({
    command: "run",
    args: ["uptime"],
    layers: [
      {
        plugin: "over",
        form: "hooks",
        before: [{ command: "look", layers: [{ plugin: "over", form: "run" }] }],
      },
      {
        plugin: "over",
        form: "run",
        options: [
          { name: "label", value: "x" },
          { name: "token", value: "***", origin: `${join(bed.folder, "hostout.cfg")}:5` },
        ],
      },
      { plugin: "hostout-core", form: "run" },
    ],
  });
  expect(stdout).not.toContain("s3cret");
  const dry = await bed.hostout("--dry-run", "shop", "run", "uptime");
  const explained = await bed.hostout("shop", "explain", "run", "uptime");
  // It leaves out options that nobody set, and shows each other one once.
  const linesOf = (text: string) =>
    text
      .split("\n\n")[0]!
      .split("\n")
      .map((line) => line.replace(/^[\s│├└─]+/, ""));
  const explainedLines = linesOf(explained.stdout);
  expect(linesOf(dry.stdout).filter((line) => !explainedLines.includes(line))).toEqual([]);
});

test("plugins add runs the package manager of the project, when it may, and looks at what came", async () => {
  const fake = (name: string, work: string) => `#!/bin/sh\necho "${name} $*"\n${work}\n`;
  const brings = `mkdir -p node_modules/hostout-x && cd node_modules/hostout-x
echo '{"name":"hostout-x","version":"2.0.0","type":"module","exports":"./x.js"}' >package.json
echo 'export const plugin = { name: "hostout-x", options: {}, commands: { hi: { summary: "Hi" } } };' >x.js`;
  await mkdir(join(bed.folder, "programs"));
  for (const name of ["npm", "pnpm", "yarn"]) await bed.write({ [`programs/${name}`]: fake(name, brings) });
  await bed.run("sh", "-c", "chmod +x programs/*");
  const hostout = (cwd: string, ...words: string[]) =>
    bed.run(
      "sh",
      "-c",
      'PATH="$PWD/programs:$PATH"; cd "$1"; shift; exec "$@"',
      "sh",
      cwd,
      process.execPath,
      join(root, "packages", "cli", "bin", "hostout.js"),
      ...words,
    );
  const asked = await hostout(".", "plugins", "add", "hostout.x");
  expect([asked.code, asked.stderr]).toEqual([
    2,
    "hostout: 'npm install --save-dev hostout-x' would be run; nobody can be asked\n  try: Add --yes if it is meant.\n",
  ]);
  const layouts: Readonly<Record<string, readonly [Record<string, string>, string]>> = {
    a: [{ "package.json": "{}" }, "npm install --save-dev hostout-x"],
    b: [{ "package.json": '{ "packageManager": "pnpm@9.0.0" }' }, "pnpm add --save-dev hostout-x"],
    c: [{ "package.json": "{}", "yarn.lock": "" }, "yarn add --dev hostout-x"],
    d: [
      { "package.json": "{}", "pnpm-workspace.yaml": "", "pnpm-lock.yaml": "" },
      "pnpm add --save-dev --workspace-root hostout-x",
    ],
  };
  for (const [name, [files, line]] of Object.entries(layouts)) {
    const placed = Object.entries({ "hostout.cfg": "[s]\nhost = h\nplugins = hostout-x\n", ...files });
    await bed.write(Object.fromEntries(placed.map(([file, text]) => [`${name}/${file}`, text])));
    const missing = await hostout(name, "s", "hi");
    expect(missing.stderr).toContain(`Then install it beside the configuration: ${line}\n`);
    const { code, stdout } = await hostout(name, "plugins", "add", "hostout-x", "--yes");
    expect([code, stdout]).toEqual([
      0,
      `${line}\nhostout-x 2.0.0 is installed. Its commands: hi.\nA site has it with \`plugins = hostout-x\`.\n`,
    ]);
  }
});

test("plugins are found in a workspace above the project, and where pnpm links them", async () => {
  await bed.write({
    "mono/package.json": '{ "workspaces": ["*"] }',
    "mono/hostout-own/package.json":
      '{ "name": "hostout-own", "version": "1.0.0", "type": "module", "exports": "./own.js" }',
    "mono/hostout-own/own.js":
      'export const plugin = { name: "hostout-own", options: {}, commands: { mine: { summary: "Mine", run: async ({ note }) => note("mine") } } };',
    "mono/project/hostout.cfg": site("s", "plugins = hostout-own"),
  });
  await mkdir(join(bed.folder, "mono", "node_modules"));
  symlinkSync("../hostout-own", join(bed.folder, "mono", "node_modules", "hostout-own"));
  const { code, stdout } = await bed.hostout("-c", "mono/project/hostout.cfg", "s", "mine");
  expect([code, stdout]).toEqual([0, expect.stringContaining("[s.example.com] mine\n")]);
});

test("an error that a plugin leaves uncaught fails its host alone, and the run ends as others do", async () => {
  const plugin = (name: string, commands: string) => `import { definePlugin } from "@hostout/kit";
  import { EventEmitter } from "node:events";
  const never = new Promise(() => {});
  const wait = { summary: "Wait", run: async ({ remote }) => remote.run(["sleep", "1"]) };
  const fault = () => new Error("nobody caught this");
  export const plugin = definePlugin({ name: "${name}", commands: { ${commands} } });`;
  const commands = `promise: { summary: "Fail", run: async ({ remote }) => {
      await remote.run(["true"]);
      Promise.reject(fault()).then(() => undefined);
      await never;
    } },
    event: { summary: "Fail", run: async () => {
      setTimeout(() => new EventEmitter().emit("error", fault()), 1);
      await never;
    } }`;
  await bed.write({
    "hostout.cfg": ["one", "two"].map((name) => site(name, `tasks = ./stray-${name}.ts`)).join("\n"),
    "stray-one.ts": plugin("stray", commands),
    "stray-two.ts": plugin("calm", "promise: wait, event: wait"),
  });
  for (const how of ["promise", "event"]) {
    const { code, stdout } = await bed.hostout("--json", "one", "two", how);
    const { type, targets } = JSON.parse(stdout.trim().split("\n").at(-1)!);
    expect([how, code, type, targets]).toEqual([
      ...[how, 1, "run.end"],
      [
        expect.objectContaining({
          site: "one",
          status: "failed",
          error: expect.objectContaining({ code: "internal", message: "nobody caught this" }),
        }),
        expect.objectContaining({ site: "two", status: "ok" }),
      ],
    ]);
  }
});

test("a plugin from outside adds a transport, a check, a listener and a source of secrets", async () => {
  const source = readFileSync(join(import.meta.dirname, "extension.ts"), "utf8");
  expect(source.slice(source.indexOf("export const plugin")).split("\n").length).toBeLessThan(60);
  const token = join(bed.folder, "token");
  await bed.write({
    "extension.ts": source,
    "hostout.cfg": `[web]\nhost = web\ntransport = shell\ntasks = ./extension.ts\ntoken = secret:up:token-3\npath = ${bed.home}\nverify =\n  file ${token}\n`,
  });
  const { code, stdout, stderr: said } = await bed.hostout("web", "tell", "verify");
  expect([code, code === 0 ? "" : stdout + said]).toEqual([0, ""]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("by extension with ***")]);
  expect(stdout).toContain(`${token} exists`);
  const types = readFileSync(join(bed.folder, "hostout.cfg.types"), "utf8").trim().split("\n");
  expect([types[0], types.at(-1), types.includes("output")]).toEqual(["run.start", "run.end", true]);

  await bed.write({
    "hostout.cfg":
      "[web]\nhost = web\ntransport = shel\ntasks = ./extension.ts\ntoken = secret:env:NOT_SET\n",
  });
  const { code: wrong, stderr } = await bed.hostout("web", "tell");
  expect([wrong, stderr]).toEqual([
    2,
    expect.stringContaining("[web] token: secret:env:NOT_SET has no value: the variable NOT_SET is not set"),
  ]);
});
