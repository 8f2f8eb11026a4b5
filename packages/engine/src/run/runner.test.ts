import {
  type Connections,
  definePlugin,
  type Event,
  HostoutError,
  option,
  type Plugin,
  type Site,
} from "@hostout/kit";
import { makePlan } from "../plan/plan.ts";
import { runPlan } from "./runner.ts";

const origin = { file: "/p/buildout.cfg", line: 1 };

function site(
  name: string,
  hosts: readonly string[],
  plugins: readonly Plugin[],
  values: Record<string, string> = {},
): Site {
  return {
    name,
    origin,
    config: origin.file,
    values: new Map(Object.entries(values).map(([key, text]) => [key, { text, origin }])),
    hosts: hosts.map((host) => ({ name: host, address: host, port: undefined, user: undefined })),
    plugins,
  };
}

// The engine reads only names from connections here. These tests look at the order of the calls.
const connections: Connections = {
  remote: (_site, host) => ({ name: host.name }) as never,
  local: () => ({ name: "localhost" }) as never,
  close: async () => {},
};

async function run(
  sites: readonly Site[],
  commands: readonly string[],
  more: { jobs?: number; signal?: AbortSignal } = {},
) {
  const targets = sites.flatMap((one) => one.hosts.map((host) => ({ site: one, host })));
  const plan = makePlan({ targets, commands: commands.map((name) => ({ name, invocation: { args: [] } })) });
  const events: Event[] = [];
  const summary = await runPlan({ plan, connections, emit: (event) => events.push(event), ...more });
  return { ...summary, events };
}

const later = () => new Promise((resolve) => setTimeout(resolve, 2));

test("a step starts when the one before it has ended on every host", async () => {
  const log: string[] = [];
  const plugin = definePlugin({
    name: "p",
    commands: {
      one: {
        summary: "",
        run: async ({ host }) => {
          if (host.name === "a") await later();
          log.push(`one ${host.name}`);
        },
      },
      two: {
        summary: "",
        run: async ({ host }) => {
          log.push(`two ${host.name}`);
        },
      },
      both: { summary: "", steps: ["one", "two"] },
    },
  });
  const { exitCode } = await run([site("x", ["a", "b"], [plugin]), site("y", ["c"], [plugin])], ["both"]);
  expect(log).toEqual(["one b", "one c", "one a", "two a", "two b", "two c"]);
  expect(exitCode).toBe(0);
});

test("later plugins wrap earlier ones and next() reaches the overridden command", async () => {
  const log: string[] = [];
  const layer = (name: string) =>
    definePlugin({
      name,
      commands: {
        go: {
          summary: "",
          run: async ({ host }, next) => {
            log.push(`${name} ${host.name}`);
            await next();
          },
        },
      },
    });
  await run([site("x", ["a"], [layer("core"), layer("mid"), layer("top")])], ["go"]);
  expect(log).toEqual(["top a", "mid a", "core a"]);
});

test("hosts meet where a run wraps a composition, which then runs once, with fewer places than hosts", async () => {
  const log: string[] = [];
  const inner = definePlugin({
    name: "inner",
    commands: {
      one: {
        summary: "",
        run: async ({ host }) => {
          log.push(`one ${host.name}`);
        },
      },
      build: {
        summary: "",
        runOnce: async () => {
          log.push("build");
        },
      },
      deploy: { summary: "", steps: ["one", "build"] },
    },
  });
  const outer = definePlugin({
    name: "outer",
    commands: {
      deploy: {
        summary: "",
        async run({ host }, next) {
          log.push(`before ${host.name}`);
          await next();
          log.push(`after ${host.name}`);
        },
      },
    },
  });
  await run([site("x", ["a", "b", "c"], [inner, outer])], ["deploy"], { jobs: 1 });
  expect(log).toEqual([
    "before a",
    "before b",
    "before c",
    "one a",
    "one b",
    "one c",
    "build",
    "after a",
    "after b",
    "after c",
  ]);
});

test("after a failure no further step runs on any host, and wrappers still clean up", async () => {
  const log: string[] = [];
  const plugin = definePlugin({
    name: "p",
    commands: {
      push: {
        summary: "",
        run: async ({ host }) => {
          if (host.name === "b") throw new HostoutError({ code: "disk-full", message: "no room" });
        },
      },
      restart: {
        summary: "",
        run: async ({ host }) => {
          log.push(`restart ${host.name}`);
        },
      },
      deploy: { summary: "", steps: ["push", "restart"] },
    },
  });
  const wrapper = definePlugin({
    name: "w",
    commands: {
      deploy: {
        summary: "",
        run: async ({ host }, next) => {
          try {
            await next();
          } finally {
            log.push(`tidy ${host.name}`);
          }
        },
      },
    },
  });
  const { targets, exitCode } = await run([site("x", ["a", "b"], [plugin, wrapper])], ["deploy"]);
  expect(log).toEqual(["tidy a", "tidy b"]);
  expect(targets.map(({ host, status }) => [host, status])).toEqual([
    ["a", "not-run"],
    ["b", "failed"],
  ]);
  expect(exitCode).toBe(3);
});

test("a command of the line waits for the one before it, and is not begun after a failure", async () => {
  const log: string[] = [];
  const plugin = definePlugin({
    name: "p",
    commands: {
      push: {
        summary: "",
        run: async () => {
          log.push("push");
          throw new HostoutError({ code: "connection-lost", message: "cut" });
        },
      },
      restart: {
        summary: "",
        run: async () => {
          log.push("restart");
        },
      },
    },
  });
  const { exitCode } = await run([site("x", ["a"], [plugin])], ["push", "restart"]);
  expect(log).toEqual(["push"]);
  expect(exitCode).toBe(6);
});

test("a composition came to what the last of its steps found out, and says it as that one does", async () => {
  const plugin = definePlugin({
    name: "p",
    commands: {
      make: { summary: "", run: async () => ({ status: "ok", value: 1, note: "made 1" }) },
      serve: { summary: "", run: async () => ({ status: "ok", value: 2, note: "serves 2" }) },
      tidy: { summary: "", run: async () => ({ status: "ok", note: "tidied" }) },
      deploy: { summary: "", steps: ["make", { steps: ["serve"] }, "tidy"] },
    },
  });
  const { targets } = await run([site("x", ["a"], [plugin])], ["deploy"]);
  expect(targets).toEqual([{ site: "x", host: "a", status: "ok", value: 2, note: "serves 2" }]);
  const { targets: last } = await run([site("x", ["a"], [plugin])], ["deploy", "tidy"]);
  expect(last).toEqual([{ site: "x", host: "a", status: "ok" }]);
});

test("call() goes through everything that overrides the command", async () => {
  const log: string[] = [];
  const core = definePlugin({
    name: "core",
    commands: {
      push: {
        summary: "",
        args: { what: option.string({ summary: "" }) },
        run: async ({ args }) => {
          log.push(`push ${args.what}`);
        },
      },
      deploy: {
        summary: "",
        run: async ({ call }) => {
          await call("push", { args: ["x"] });
        },
      },
    },
  });
  const wrap = definePlugin({
    name: "wrap",
    commands: {
      push: {
        summary: "",
        rest: { name: "word", summary: "" },
        run: async (_context, next) => {
          await next({ args: ["y"] });
        },
      },
    },
  });
  const { exitCode } = await run([site("x", ["a", "b"], [core, wrap])], ["deploy"], { jobs: 1 });
  expect(log).toEqual(["push y", "push y"]);
  expect(exitCode).toBe(0);
});

test("a step whose option is false is skipped, and says so", async () => {
  const plugin = definePlugin({
    name: "p",
    options: { localRestart: option.boolean({ summary: "", default: "false" }) },
    commands: {
      again: {
        summary: "",
        run: async () => {
          throw new Error("must not run");
        },
      },
      stage: { summary: "", steps: [{ command: "again", when: "localRestart" }] },
    },
  });
  const { events, exitCode } = await run([site("x", ["a"], [plugin])], ["stage"]);
  expect(exitCode).toBe(0);
  expect(
    events.map((event) => event.type === "task.end" && [event.path, event.status, event.note]),
  ).toContainEqual([["stage", "again"], "skipped", "local-restart is false"]);
});

test("an interrupted run begins nothing new and exits with 130", async () => {
  const stop = new AbortController();
  const log: string[] = [];
  const plugin = definePlugin({
    name: "p",
    commands: {
      one: {
        summary: "",
        run: async () => {
          log.push("one");
          stop.abort();
        },
      },
      two: {
        summary: "",
        run: async () => {
          log.push("two");
        },
      },
    },
  });
  const { exitCode } = await run([site("x", ["a"], [plugin])], ["one", "two"], { signal: stop.signal });
  expect(log).toEqual(["one"]);
  expect(exitCode).toBe(130);
});

test.each([
  ["here", ["package"], []],
  ["here first, then on the hosts", ["package", "upload"], ["a", "b"]],
  ["here first, in a composition", ["deploy"], ["a", "b"]],
  ["on the hosts at once", ["upload", "package"], []],
  ["on the hosts around what is done here", ["watched"], []],
])(
  "hosts are expected where the work begins here and comes to them: %s",
  async (_where, commands, expected) => {
    const nothing = async () => {};
    const plugin = definePlugin({
      name: "p",
      commands: {
        package: { summary: "", runOnce: nothing },
        upload: { summary: "", run: nothing },
        deploy: { summary: "", steps: ["package", "upload"] },
        watched: { summary: "", before: ["upload"], runOnce: nothing },
      },
    });
    const names: string[] = [];
    const one = site("x", ["a", "b", "c"], [plugin]);
    const plan = makePlan({
      targets: one.hosts.map((host) => ({ site: one, host })),
      commands: commands.map((name) => ({ name, invocation: { args: [] } })),
    });
    const expecting = {
      ...connections,
      expect: (targets: readonly { readonly host: { readonly name: string } }[]) => {
        names.push(...targets.map(({ host }) => host.name));
      },
    };
    const settings = { plan, connections: expecting, emit: () => undefined, jobs: 2 };
    // The dry run need not reach any host. The resumed run need not reach the hosts that are done.
    await runPlan({ ...settings, dryRun: true });
    await runPlan({ ...settings, doneBefore: () => undefined });
    expect(names).toEqual([]);
    // As many as have a place at one time.
    await runPlan(settings);
    expect(names).toEqual(expected);
  },
);
