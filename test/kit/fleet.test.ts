import { definePlugin, HostoutError, type Plugin, type Step } from "@hostout/kit";
import { type FakeRunSettings, fakeRun, fakeSite } from "@hostout/testing";

const hosts = (count: number) => Array.from({ length: count }, (_, index) => `h${index}`).join(" ");

/** Commands that log their name and host, and fail where `broken` says so ("name host"), with that code. */
function fleet(
  log: string[],
  names: readonly string[],
  steps: readonly Step<never>[],
  broken: Readonly<Record<string, "failed" | "unreachable" | "verify-failed">> = {},
): Plugin {
  const commands = Object.fromEntries(
    names.map((name) => [
      name,
      {
        summary: name,
        run: async ({ host }: { host: { name: string } }) => {
          log.push(`${name} ${host.name}`);
          const code = broken[`${name} ${host.name}`];
          if (code) throw new HostoutError({ code, message: `${name} broke`, host: host.name });
        },
      },
    ]),
  );
  return definePlugin({ name: "fleet", commands: { ...commands, ship: { summary: "Ship", steps } } });
}

const run = (plugin: Plugin, count: number, more: Partial<FakeRunSettings> = {}) =>
  fakeRun({
    sites: [fakeSite({ plugins: [plugin], hosts: hosts(count) })],
    commands: ["ship"],
    jobs: 1,
    ...more,
  });

const of = (log: readonly string[], name: string) =>
  log.filter((line) => line.startsWith(`${name} `)).map((line) => line.split(" ")[1]);

describe("how many failures a run bears", () => {
  const names = ["build", "swap", "tell"];
  const steps = ["build", "swap", "tell"];

  test.each([
    ["none, as it is without the flag", undefined, ["build h1"], ["h0", "h1", "h2", "h3"], [], 3],
    ["0", { hosts: 0 }, ["build h1"], ["h0", "h1"], [], 3],
    ["one of one", { hosts: 1 }, ["build h1"], ["h0", "h1", "h2", "h3"], ["h0", "h2", "h3"], 3],
    ["one of two", { hosts: 1 }, ["build h1", "build h2"], ["h0", "h1", "h2"], [], 3],
    [
      "50% of four, two fail",
      { percent: 50 },
      ["build h1", "build h2"],
      ["h0", "h1", "h2", "h3"],
      ["h0", "h3"],
      3,
    ],
    ["49% of four is one", { percent: 49 }, ["build h1", "build h2"], ["h0", "h1", "h2"], [], 3],
    [
      "all",
      { percent: 100 },
      ["build h0", "build h1", "build h2", "build h3"],
      ["h0", "h1", "h2", "h3"],
      [],
      4,
    ],
  ] as const)("%s", async (_name, maxFailures, failing, built, swapped, code) => {
    const log: string[] = [];
    const broken = Object.fromEntries(failing.map((line) => [line, "failed" as const]));
    const { exitCode, targets } = await run(
      fleet(log, names, steps, broken),
      4,
      maxFailures ? { maxFailures } : {},
    );
    expect([of(log, "build"), of(log, "swap"), exitCode]).toEqual([built, swapped, code]);
    expect(targets.map(({ status }) => status)).toEqual(
      ["h0", "h1", "h2", "h3"].map((name) => {
        if (failing.some((line) => line.endsWith(name)) && (built as readonly string[]).includes(name))
          return "failed";
        return (swapped as readonly string[]).includes(name) ? "ok" : "not-run";
      }),
    );
  });

  test("hosts out of reach count, and are told apart", async () => {
    const log: string[] = [];
    const broken = { "build h1": "unreachable", "swap h2": "failed" } as const;
    const borne = await run(fleet(log, names, steps, broken), 4, { maxFailures: { hosts: 2 } });
    expect(borne.targets.map(({ status }) => status)).toEqual(["ok", "unreachable", "failed", "ok"]);
    const spent = await run(fleet(log, names, steps, broken), 4, { maxFailures: { hosts: 1 } });
    expect(spent.targets.map(({ status }) => status)).toEqual([
      "not-run",
      "unreachable",
      "failed",
      "not-run",
    ]);
  });

  test("the count is of the run, over sites that are composed otherwise too", async () => {
    const log: string[] = [];
    const slow = definePlugin({
      name: "slow",
      commands: {
        wait: { summary: "w", run: () => new Promise((resolve) => setTimeout(resolve, 30)) },
        ship: { summary: "s", steps: ["wait", "build"] },
      },
    });
    const one = fakeSite({
      name: "one",
      hosts: "x",
      plugins: [fleet(log, names, steps, { "build x": "failed" })],
    });
    const two = fakeSite({ name: "two", hosts: "y", plugins: [fleet(log, names, ["build"]), slow] });
    const { targets } = await fakeRun({ sites: [one, two], commands: ["ship"] });
    expect(targets.map(({ status }) => status)).toEqual(["failed", "not-run"]);
    expect(log).toEqual(["build x"]);
  });

  test("what a task does in its finally is done although the budget is spent", async () => {
    const log: string[] = [];
    const guard = definePlugin({
      name: "guard",
      commands: {
        ship: {
          run: async ({ call }, next) => {
            try {
              return await next();
            } finally {
              await call("mend");
            }
          },
        },
        mend: { summary: "Mend", steps: ["tell", "tell"] },
      },
    });
    const broken = { "swap h0": "failed" } as const;
    const sites = [fakeSite({ plugins: [fleet(log, names, steps, broken), guard], hosts: "h0 h1" })];
    await fakeRun({ sites, commands: ["ship"], jobs: 1 });
    expect(of(log, "tell").sort()).toEqual(["h0", "h0", "h1", "h1"]);
  });
});

test("a failure that was handled is not counted when what comes after is looked at", async () => {
  const log: string[] = [];
  const handles = definePlugin({
    name: "handles",
    commands: {
      build: {
        after: ["tell"],
        run: async ({ host }, next) => {
          await next().catch((error) => {
            if (host.name !== "h0") throw error;
          });
        },
      },
    },
  });
  const broken = { "build h0": "failed", "build h1": "failed" } as const;
  const plugins = [fleet(log, ["build", "tell"], ["build"], broken), handles];
  const sites = [fakeSite({ plugins, hosts: hosts(3) })];
  await fakeRun({ sites, commands: ["build"], maxFailures: { hosts: 1 } });
  expect(of(log, "tell")).toEqual(["h0", "h2"]);
});

describe("rolling parts", () => {
  const names = ["build", "stop", "start", "back"];
  const steps: readonly Step<never>[] = [
    "build",
    { rolling: true, steps: ["stop", "start"], undo: ["back"] },
  ];

  test("a canary goes alone, batches follow", async () => {
    const log: string[] = [];
    await run(fleet(log, names, steps), 6, { canary: 1, batch: { hosts: 3 } });
    const order = log.filter((line) => /^st/.test(line)).map((line) => line.replace(/^(sto|sta)\w* h/, "$1"));
    expect(order.join(" ")).toBe("sto0 sta0 sto1 sto2 sto3 sta1 sta2 sta3 sto4 sto5 sta4 sta5");
  });

  test("hosts that had switched go back when the budget is spent, and it is said", async () => {
    const log: string[] = [];
    const { targets, exitCode } = await run(fleet(log, names, steps, { "start h2": "failed" }), 5, {
      batch: { hosts: 2 },
    });
    expect([of(log, "stop"), of(log, "start")]).toEqual([
      ["h0", "h1", "h2", "h3"],
      ["h0", "h1", "h2", "h3"],
    ]);
    expect(of(log, "back").sort()).toEqual(["h0", "h1", "h2", "h3"]);
    expect(targets.map(({ status, error }) => `${status}: ${error?.message}`)).toEqual([
      "not-run: 1 host failed and the failure budget is 0; rolled back",
      "not-run: 1 host failed and the failure budget is 0; rolled back",
      "failed: start broke",
      "not-run: 1 host failed and the failure budget is 0; rolled back",
      "not-run: h2 failed",
    ]);
    expect(exitCode).toBe(3);
  });

  test("within the budget only the host that failed goes back, and none does where that is not wanted", async () => {
    const log: string[] = [];
    const broken = { "start h1": "failed" } as const;
    const { targets } = await run(fleet(log, names, steps, broken), 3, { maxFailures: { hosts: 1 } });
    expect([of(log, "back"), targets.map(({ status }) => status)]).toEqual([["h1"], ["ok", "failed", "ok"]]);
    log.length = 0;
    await run(fleet(log, names, steps, broken), 3, { undo: false });
    expect(of(log, "back")).toEqual([]);
  });

  test("an interrupt waits for the batch that has begun, and no other one begins", async () => {
    const log: string[] = [];
    const [stopping, end] = [new AbortController(), new AbortController()];
    let held = 0;
    const hold = () => {
      held++;
      stopping.abort();
      return () => {
        held--;
        if (stopping.signal.aborted) end.abort();
      };
    };
    const { exitCode, targets } = await run(fleet(log, names, steps), 3, {
      stopping: stopping.signal,
      signal: end.signal,
      hold,
    });
    expect([of(log, "stop"), of(log, "start"), held, exitCode]).toEqual([["h0"], ["h0"], 0, 130]);
    expect(targets.slice(1).map(({ status }) => status)).toEqual(["not-run", "not-run"]);
  });

  test("an interrupt waits for what is around steps that are not cut short, and no other host begins", async () => {
    const log: string[] = [];
    const [stopping, end] = [new AbortController(), new AbortController()];
    let held = 0;
    const plugin = definePlugin({
      name: "whole",
      commands: {
        swap: { summary: "Swap", run: async ({ host }) => void log.push(`swap ${host.name}`) },
        live: {
          summary: "Live",
          around: async ({ host, signal }, next) => {
            await next();
            signal.throwIfAborted();
            log.push(`settle ${host.name}`);
          },
          steps: [{ steps: ["swap"], whole: true }],
        },
        ship: { summary: "Ship", run: async ({ call }) => call("live") },
      },
    });
    const { exitCode, targets } = await run(plugin, 3, {
      stopping: stopping.signal,
      signal: end.signal,
      hold: () => {
        held++;
        stopping.abort();
        return () => {
          held--;
          if (held === 0) end.abort();
        };
      },
    });
    expect([log, held, exitCode]).toEqual([["swap h0", "settle h0"], 0, 130]);
    expect(targets.map(({ status }) => status)).toEqual(["ok", "not-run", "not-run"]);
  });

  test("what came through before an interrupt is told as such, also by what is around it", async () => {
    const end = new AbortController();
    const step = (name: string) => ({
      summary: name,
      run: async () => void (name === "swap" && end.abort()),
    });
    const plugin = definePlugin({
      name: "around",
      commands: {
        swap: step("swap"),
        tell: step("tell"),
        roll: { summary: "Roll", around: async (_context, next) => next(), steps: ["swap", "tell"] },
        ship: { summary: "Ship", steps: ["roll"] },
      },
    });
    const { exitCode, targets } = await run(plugin, 1, { signal: end.signal });
    expect([exitCode, targets[0]?.status, targets[0]?.error?.message]).toEqual([
      130,
      "not-run",
      "interrupted after 'ship roll swap'",
    ]);
  });

  test("hosts that wait for a place do not begin after an interrupt, while others are not cut short", async () => {
    const log: string[] = [];
    const stopping = new AbortController();
    const plugin = definePlugin({
      name: "waits",
      commands: {
        ship: {
          summary: "Ship",
          run: async ({ host }) => {
            log.push(host.name);
            stopping.abort();
          },
        },
      },
    });
    const { targets } = await run(plugin, 3, { stopping: stopping.signal });
    expect([log, targets.map(({ status }) => status)]).toEqual([["h0"], ["ok", "not-run", "not-run"]]);
  });

  test("steps that go side by side go back too, where they say how", async () => {
    const log: string[] = [];
    const broken = { "start h1": "failed" } as const;
    const together: readonly Step<never>[] = [{ steps: ["stop", "start"], undo: ["back"] }, "build"];
    const { exitCode } = await run(fleet(log, names, together, broken), 3);
    expect([of(log, "back").sort(), of(log, "build"), exitCode]).toEqual([["h0", "h1", "h2"], [], 3]);
    log.length = 0;
    await run(fleet(log, names, together, broken), 3, { maxFailures: { hosts: 1 } });
    expect([of(log, "back"), of(log, "build")]).toEqual([["h1"], ["h0", "h2"]]);
  });

  test("a host that cannot go back is told as such", async () => {
    const log: string[] = [];
    const broken = { "start h1": "failed", "back h0": "failed" } as const;
    const { targets } = await run(fleet(log, names, steps, broken), 2);
    expect(targets[0]?.error?.message).toMatch(/the rollback failed: back broke$/);
  });

  test.each([
    ["verify-failed", "failed", { hosts: 1 }, "failed", "and the rollback failed: back broke"],
    ["verify-failed", "failed", undefined, "failed", "and the rollback failed: back broke"],
    // A check that fails after the way back says itself that the host went back.
    ["verify-failed", "verify-failed", undefined, "verify-failed", "back broke"],
  ] as const)(
    "a host that fails (%s), and then on its way back (%s), is reported with both errors",
    async (why, whyNot, maxFailures, code, back) => {
      const broken = { "start h0": why, "back h0": whyNot } as const;
      const { targets } = await run(fleet([], names, steps, broken), 2, maxFailures && { maxFailures });
      expect(targets[0]).toMatchObject({
        status: "failed",
        error: { code, message: `start broke; ${back}` },
      });
    },
  );

  test("there is a pause between batches, which an end of the run ends", async () => {
    const log: string[] = [];
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    const startedMs = performance.now();
    const { exitCode } = await run(fleet(log, names, steps), 2, { pauseMs: 60_000, signal: stop.signal });
    expect([of(log, "stop"), exitCode]).toEqual([["h0"], 130]);
    expect(performance.now() - startedMs).toBeLessThan(30_000);
  });
});

describe("what may be tried again", () => {
  const flaky = (more: object, code: "failed" | "login-refused" = "failed") => {
    let tries = 0;
    return definePlugin({
      name: "flaky",
      commands: {
        ship: {
          summary: "Ship",
          ...more,
          run: async () => {
            if (++tries < 3) throw new HostoutError({ code, message: "not yet" });
          },
        },
      },
    });
  };

  test("a command is, as often as it says, with growing waits", async () => {
    const { exitCode, events } = await run(flaky({ retries: 2 }), 1);
    expect(exitCode).toBe(0);
    expect(events.flatMap((event) => (event.type === "output" ? [event.line] : []))).toEqual([
      "not yet; trying again in 1 s (1 of 2)",
      "not yet; trying again in 2 s (2 of 2)",
    ]);
  });

  test("--retries is for those that may be begun twice", async () => {
    expect((await run(flaky({}), 1, { retries: 5 })).exitCode).toBe(4);
    expect((await run(flaky({ idempotent: true }), 1, { retries: 2 })).exitCode).toBe(0);
  });

  test("what is refused is refused again", async () => {
    const { events } = await run(flaky({ retries: 5 }, "login-refused"), 1);
    expect(events.some(({ type }) => type === "output")).toBe(false);
  });
});

test("what a run before had done is not done again, whatever lies around it", async () => {
  const log: string[] = [];
  const around = definePlugin({
    name: "around",
    commands: {
      ship: {
        before: ["build"],
        run: async ({ call }, next) => {
          await call("tell");
          await next();
          await call("tell");
        },
      },
    },
  });
  const names = ["build", "swap", "tell"];
  const plugins = [fleet(log, names, [{ steps: ["build", "swap"] }, "tell"]), around];
  const sites = [fakeSite({ plugins, hosts: "h0 h1" })];
  const whole = await fakeRun({ sites, commands: ["ship", "build"], jobs: 1 });
  const all = log.slice();
  expect(all).toHaveLength(14);
  const ends = whole.events.flatMap((event) => (event.type === "task.end" ? [event] : []));
  // Stopped after each of its tasks in turn: what is left is done, no more and no less.
  for (let count = 0; count <= ends.length; count++) {
    const done = new Map(ends.slice(0, count).map(({ host, step, status }) => [`${host} ${step}`, status]));
    log.length = 0;
    const { exitCode } = await fakeRun({
      sites,
      commands: ["ship", "build"],
      jobs: 1,
      doneBefore: ({ host }, step) => (done.has(`${host.name} ${step}`) ? { status: "ok" } : undefined),
    });
    const before = ends.slice(0, count).filter(({ path }) => path.at(-1) !== "ship");
    expect([exitCode, log.length + before.length]).toEqual([0, all.length]);
  }
});

test("batches go in the order in which the hosts are named, whichever was ready first", async () => {
  const log: string[] = [];
  const plugin = fleet(log, ["swap"], [{ steps: ["swap"], rolling: true }]);
  const late = definePlugin({
    name: "late",
    commands: {
      ship: {
        run: async ({ host }, next) => {
          await new Promise((resolve) => setTimeout(resolve, host.name === "h0" ? 40 : 0));
          return next();
        },
      },
    },
  });
  await fakeRun({
    sites: [fakeSite({ plugins: [plugin, late], hosts: hosts(3) })],
    commands: ["ship"],
    jobs: 3,
  });
  expect(of(log, "swap")).toEqual(["h0", "h1", "h2"]);
});
