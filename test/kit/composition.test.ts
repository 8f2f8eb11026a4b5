import {
  cell,
  commandValue,
  definePlugin,
  HostoutError,
  type Outcome,
  option,
  type Plugin,
} from "@hostout/kit";
import { type FakeRunSettings, fakeRun, fakeSite } from "@hostout/testing";

const hosts = (count: number) => Array.from({ length: count }, (_, index) => `h${index}`).join(" ");

/** A plugin whose commands write their name and host to `log`; those in `broken` ("name host" or "name") fail. */
function recorder(log: string[], names: readonly string[], broken: readonly string[] = []): Plugin {
  const commands = names.map((name) => [
    name,
    {
      summary: name,
      run: async ({ host }: { host: { name: string } }) => {
        log.push(`${name} ${host.name}`);
        if (broken.includes(name) || broken.includes(`${name} ${host.name}`))
          throw new HostoutError({ code: "failed", message: `${name} broke` });
      },
    },
  ]);
  return definePlugin({ name: "recorder", commands: Object.fromEntries(commands) });
}

const run = (
  plugins: readonly Plugin[],
  commands: FakeRunSettings["commands"],
  more: Partial<FakeRunSettings> & { hosts?: string; options?: Record<string, string> } = {},
) => {
  const { hosts: names = "a b", options = {}, ...rest } = more;
  return fakeRun({ sites: [fakeSite({ plugins, hosts: names, options })], commands, jobs: 1, ...rest });
};

describe("hooks", () => {
  const around = definePlugin({
    name: "around",
    commands: { work: { before: ["prepare"], after: ["tidy"], onFailure: ["mourn"] } },
  });
  const names = ["prepare", "work", "tidy", "mourn"];

  test("before comes before, after comes after, on every host, and onFailure does not", async () => {
    const log: string[] = [];
    const { exitCode } = await run([recorder(log, names), around], ["work"]);
    expect(log).toEqual(["prepare a", "prepare b", "work a", "work b", "tidy a", "tidy b"]);
    expect(exitCode).toBe(0);
  });

  test("a command is not begun where what comes before it failed", async () => {
    const log: string[] = [];
    const { exitCode } = await run([recorder(log, names, ["prepare b"]), around], ["work"]);
    expect(log).toEqual(["prepare a", "prepare b", "mourn a", "mourn b"]);
    expect(exitCode).toBe(3);
  });

  test("onFailure goes to the host that failed only, and the failure stands", async () => {
    const log: string[] = [];
    const { exitCode, targets } = await run([recorder(log, names, ["work a", "mourn"]), around], ["work"]);
    expect(log).toEqual(["prepare a", "prepare b", "work a", "work b", "mourn a"]);
    expect(targets.map(({ error }) => error?.message)).toEqual(["work broke", undefined]);
    expect(exitCode).toBe(3);
  });

  test("nothing is tried on a host that cannot be reached", async () => {
    const log: string[] = [];
    const gone = definePlugin({
      name: "gone",
      commands: {
        work: {
          run: async ({ host }) => {
            throw new HostoutError({ code: "unreachable", message: "gone", host: host.name });
          },
        },
      },
    });
    await run([recorder(log, names), gone, around], ["work"]);
    expect(log).toEqual(["prepare a", "prepare b"]);
  });

  test("an override that handles the failure below it ends well, and its hooks see that", async () => {
    const log: string[] = [];
    const handles = definePlugin({
      name: "handles",
      commands: {
        work: {
          after: ["tidy"],
          onFailure: ["mourn"],
          run: async (_context, next) => {
            await next().catch(() => log.push("handled"));
          },
        },
      },
    });
    const { exitCode } = await run([recorder(log, names, ["work"]), handles], ["work"], { hosts: "a" });
    expect(log).toEqual(["work a", "handled", "tidy a"]);
    expect(exitCode).toBe(0);
  });

  test("a hook that is its own command is a circle, told before anything is done", async () => {
    const circle = definePlugin({ name: "circle", commands: { work: { before: ["work"] } } });
    await expect(run([recorder([], names), circle], ["work"])).rejects.toMatchObject({
      code: "plugin-broken",
      message: "site: the command 'work' is a step of itself: work → work",
    });
  });
});

describe("steps", () => {
  const rolling = definePlugin({
    name: "rolling",
    commands: {
      ship: {
        summary: "s",
        steps: ["build", { rolling: true, steps: ["stop", { steps: ["swap", "start"] }] }, "tell"],
      },
    },
  });
  const names = ["build", "stop", "swap", "start", "tell"];

  test("a rolling part is done whole for a batch before the next begins", async () => {
    const log: string[] = [];
    await run([recorder(log, names), rolling], ["ship"]);
    expect(log).toEqual(
      "build a,build b,stop a,swap a,start a,stop b,swap b,start b,tell a,tell b".split(","),
    );
  });

  test.each([
    [{ hosts: 2 }, [2, 2, 1]],
    [{ percent: 50 }, [2, 2, 1]],
    [{ percent: 1 }, [1, 1, 1, 1, 1]],
    [{ percent: 100 }, [5]],
    [{ hosts: 99 }, [5]],
  ] as const)("a batch of %j of five hosts", async (batch, sizes) => {
    const log: string[] = [];
    await run([recorder(log, names), rolling], ["ship"], { hosts: hosts(5), batch });
    const words = log.map((line) => line.split(" ")[0]).filter((word) => word === "stop" || word === "swap");
    const counts = words.join(" ").match(/(stop ?)+(?=swap)/g)!;
    expect(counts.map((text) => text.trim().split(" ").length)).toEqual(sizes);
  });

  test("where a batch fails, no further one begins, and what follows is not done", async () => {
    const log: string[] = [];
    const { targets } = await run([recorder(log, names, ["swap h1"]), rolling], ["ship"], {
      hosts: hosts(3),
    });
    expect(log.slice(3)).toEqual(["stop h0", "swap h0", "start h0", "stop h1", "swap h1"]);
    expect(targets.map(({ status }) => status)).toEqual(["not-run", "failed", "not-run"]);
    expect(targets[2]?.error?.message).toBe("h1 failed");
  });

  test("a step is left out where its option is false", async () => {
    const log: string[] = [];
    const maybe = definePlugin({
      name: "maybe",
      options: { loud: option.boolean({ summary: "tell", default: "false" }) },
      commands: { ship: { summary: "s", steps: ["build", { steps: [{ command: "tell", when: "loud" }] }] } },
    });
    await run([recorder(log, names), maybe], ["ship"], { hosts: "a" });
    await run([recorder(log, names), maybe], ["ship"], { hosts: "a", options: { loud: "yes" } });
    expect(log).toEqual(["build a", "build a", "tell a"]);
  });
});

describe("what is passed on", () => {
  const finds = definePlugin({
    name: "finds",
    commands: {
      find: {
        summary: "f",
        args: { what: option.string({ summary: "what" }) },
        run: async ({ host, args }) => ({ status: "unchanged", value: `${args.what}@${host.name}` }),
      },
    },
  });

  test("arguments go down, values come up, through every layer", async () => {
    const seen: unknown[] = [];
    const louder = definePlugin({
      name: "louder",
      commands: {
        find: {
          args: { what: option.string({ summary: "what" }) },
          run: async ({ args }, next) => {
            const outcome = await next({ args: [args.what.toUpperCase()] });
            seen.push(outcome.value);
            return { ...outcome, value: `${outcome.value}!` };
          },
        },
      },
    });
    const once = definePlugin({
      name: "once",
      commands: {
        find: {
          runOnce: async (_context, next) => {
            seen.push((await next()).hosts);
          },
        },
      },
    });
    const { targets } = await run([finds, louder], [{ name: "find", args: ["x"] }]);
    expect(targets.map(({ value }) => value)).toEqual(["X@a!", "X@b!"]);
    seen.length = 0;
    await run([finds, once], [{ name: "find", args: ["x"] }]);
    expect(seen).toEqual([
      [
        { site: "site", host: "a", status: "unchanged", value: "x@a" },
        { site: "site", host: "b", status: "unchanged", value: "x@b" },
      ],
    ]);
  });

  test("call() goes by name through all that overrides, and gives back what it found", async () => {
    const asks = definePlugin({
      name: "asks",
      commands: {
        ask: {
          summary: "a",
          run: async ({ call, note }) => {
            const { value } = await call("find", { args: ["y"] });
            note(String(value));
          },
        },
      },
    });
    const { events } = await run([finds, asks], ["ask"], { hosts: "a" });
    expect(events).toContainEqual(expect.objectContaining({ type: "output", line: "y@a" }));
  });

  test("a command may come to itself again with other arguments, and next() may be called twice", async () => {
    const counts = definePlugin({
      name: "counts",
      commands: {
        count: {
          summary: "c",
          args: { left: option.integer({ summary: "how often" }) },
          run: async ({ args: { left }, call, host, note }) => {
            note(`${host.name} ${left}`);
            if (left > 0) await call("count", { args: [`${left - 1}`] });
          },
        },
      },
    });
    const twice = definePlugin({
      name: "twice",
      commands: {
        count: {
          args: { left: option.integer({ summary: "how often" }) },
          run: async (_context, next) => {
            await next();
            await next();
          },
        },
      },
    });
    const { events, exitCode } = await run([counts, twice], [{ name: "count", args: ["2"] }], { hosts: "a" });
    const lines = events.flatMap((event) => (event.type === "output" ? [event.line] : []));
    expect(lines).toEqual([
      "a 2",
      "a 1",
      "a 0",
      "a 0",
      "a 1",
      "a 0",
      "a 0",
      "a 2",
      "a 1",
      "a 0",
      "a 0",
      "a 1",
      "a 0",
      "a 0",
    ]);
    expect(exitCode).toBe(0);
  });

  test("an error names the plugin in which it came up, whatever lies around it", async () => {
    const outer = definePlugin({
      name: "outer",
      commands: { ship: { run: async (_context, next) => void (await next()) } },
    });
    const steps = definePlugin({ name: "steps", commands: { ship: { summary: "s", steps: ["build"] } } });
    const { targets } = await run([recorder([], ["build"], ["build"]), steps, outer], ["ship"], {
      hosts: "a",
    });
    expect(targets[0]?.error).toMatchObject({
      code: "failed",
      message: "build broke",
      plugin: "recorder",
      command: ["ship", "build"],
    });
  });
});

test("three deep over 20 hosts, 1,000 calls: each next() reaches the right one, none twice", async () => {
  const layer = (name: string) =>
    definePlugin({
      name,
      commands: {
        touch: {
          summary: "t",
          args: { trail: option.string({ summary: "who was here" }) },
          run: async ({ host, args: { trail } }, next) => {
            await new Promise((resolve) => setImmediate(resolve));
            const mine = `${trail}>${name}@${host.name}`;
            const { value } = await next({ args: [mine] });
            return { status: "ok", value: { trail: mine, below: value } };
          },
        },
      },
    });
  const bottom = definePlugin({
    name: "bottom",
    commands: {
      touch: {
        summary: "t",
        args: { trail: option.string({ summary: "who was here" }) },
        run: async ({ host, args: { trail } }) => ({
          status: "ok",
          value: { trail: `${trail}>bottom@${host.name}` },
        }),
      },
    },
  });
  const caller = definePlugin({
    name: "caller",
    commands: {
      all: {
        summary: "a",
        run: async ({ host, call }) => {
          const outcomes = await Promise.all(
            Array.from({ length: 50 }, (_, index) => call("touch", { args: [`${host.name}/${index}`] })),
          );
          return { status: "ok", value: outcomes.map(({ value }) => value) };
        },
      },
    },
  });
  const { targets, events, exitCode } = await run(
    [bottom, layer("inner"), layer("middle"), layer("outer"), caller],
    ["all"],
    { hosts: hosts(20), jobs: 32 },
  );
  expect(exitCode).toBe(0);
  for (const { host, value } of targets) {
    const expected = Array.from({ length: 50 }, (_, index) => {
      const trails = ["outer", "middle", "inner", "bottom"].map((_name, depth, names) =>
        [`${host}/${index}`, ...names.slice(0, depth + 1).map((one) => `${one}@${host}`)].join(">"),
      );
      return trails.reduceRight<object>(
        (below, trail) => ("trail" in below ? { trail, below } : { trail }),
        {},
      );
    });
    expect(value).toEqual(expected);
  }
  const began = events.filter((event) => event.type === "task.start" && event.path.at(-1) === "touch");
  expect(began).toHaveLength(20 * 50 * 4);
});

describe("around the steps of a composition", () => {
  const log: string[] = [];
  const lock = cell<string>("held/lock");
  const plugin = definePlugin({
    name: "held",
    commands: {
      ship: {
        summary: "ship",
        steps: ["make", "send", "check"],
        around: async ({ host, shared }, next) => {
          if (host.name === "done") return { status: "unchanged", note: "is there" };
          shared.set(lock, `lock of ${host.name}`);
          try {
            return await next();
          } finally {
            log.push(`free ${host.name}`);
            shared.delete(lock);
          }
        },
      },
      make: { summary: "make", runOnce: async () => ({ status: "ok", value: "parcel" }) },
      send: {
        summary: "send",
        run: async ({ host, resultOf, shared }) => {
          log.push(`send ${resultOf(commandValue<string>("held", "make"))} with ${shared.get(lock)}`);
          return { status: "ok", value: `${host.name}'s` };
        },
      },
      check: {
        summary: "check",
        run: async ({ host, resultOf, shared }) => {
          log.push(`check ${resultOf(commandValue<string>("held", "send"))} with ${shared.get(lock)}`);
          if (host.name === "broken") throw new HostoutError({ code: "failed", message: "not good" });
        },
      },
    },
  });

  test("each host is wrapped, barriers stand, values and what is shared reach the steps of that host", async () => {
    log.length = 0;
    const { exitCode, targets } = await run([plugin], ["ship"], { hosts: "a done broken" });
    expect(log).toEqual([
      "send parcel with lock of a",
      "send parcel with lock of broken",
      "check a's with lock of a",
      "check broken's with lock of broken",
      "free a",
      "free broken",
    ]);
    expect([exitCode, targets.map(({ status }) => status)]).toEqual([3, ["not-run", "ok", "failed"]]);
  });

  test("values of steps that were done in the run before are known to those that are done now", async () => {
    log.length = 0;
    const doneBefore = (_target: unknown, step: string) =>
      step === "0/.0" ? ({ status: "ok", value: "old parcel" } as const) : undefined;
    await run([plugin], ["ship"], { hosts: "a", doneBefore });
    expect(log[0]).toBe("send old parcel with lock of a");
  });

  const parcel = commandValue<string>("held", "make");
  const reader = definePlugin({
    name: "reader",
    commands: {
      read: {
        summary: "read",
        run: async ({ resultOf }) => ({ status: "ok", value: resultOf(parcel) ?? "none" }),
      },
    },
  });
  const override = (run: (next: () => Promise<Outcome>) => Promise<Outcome>) =>
    definePlugin({
      name: "other",
      commands: { make: { overrides: true, runOnce: async (_context, next) => run(next) } },
    });

  test.each<readonly [string, (next: () => Promise<Outcome>) => Promise<Outcome>, string]>([
    ["none where another plugin replaces the command", async () => ({ status: "ok", value: 7 }), "none"],
    [
      "its own where another plugin wraps the command",
      async (next) => ({ ...(await next()), value: 7 }),
      "parcel",
    ],
  ])("a value belongs to its plugin: %s", async (_what, made, expected) => {
    const { targets } = await run([plugin, override(made), reader], ["make", "read"], { hosts: "a" });
    expect(targets.map(({ value }) => value)).toEqual([expected]);
  });

  test("a resumed run knows the value of a layer below one that was done", async () => {
    const before: Readonly<Record<string, Outcome>> = {
      0: { status: "ok", value: 7 },
      "0/": { status: "ok", value: "old parcel" },
    };
    const doneBefore = (_target: unknown, step: string) => before[step];
    const wrapped = override(async (next) => next());
    const { targets } = await run([plugin, wrapped, reader], ["make", "read"], { hosts: "a", doneBefore });
    expect(targets.map(({ value }) => value)).toEqual(["old parcel"]);
  });
});
