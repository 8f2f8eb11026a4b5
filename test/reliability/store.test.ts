import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseState, previousRelease, removable } from "@hostout/releases";
import fc from "fast-check";
import { awaitScript, holdScript } from "../../packages/releases/src/host/lock-scripts.ts";
import { prepareScript } from "../../packages/releases/src/host/prepare-scripts.ts";
import { cloneScript, finishScript } from "../../packages/releases/src/host/release-scripts.ts";
import { removeScript } from "../../packages/releases/src/host/remove-script.ts";
import { switchScript } from "../../packages/releases/src/host/switch-scripts.ts";
import { formatGiven } from "../../packages/releases/src/script/given.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { hold, makeSite, name, recordOf, run, servedWhole, stateOf, token } from "./store-site.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hostout-store-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const shells: readonly (readonly [string, readonly string[]])[] = [
  ["dash", ["dash"]],
  ["bash", ["bash", "--norc", "--posix"]],
];

const programs = ["readlink", "cat", "flock", "tail", "cut", "date", "rm", "ln", "mv", "mkdir", "sleep"];

/** Programs that kill the shell that calls them, before or after their work, when so many were called. */
function makeKillers(folder: string): void {
  mkdirSync(folder);
  for (const program of programs) {
    const real = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim();
    const text = `#!/bin/sh
n=$(/usr/bin/wc -c <"$KILL_COUNT"); printf x >>"$KILL_COUNT"
[ "$KILL_WHEN" = before ] && [ "$n" -eq "$KILL_AT" ] && kill -9 0
${real} "$@"
s=$?
[ "$KILL_WHEN" = after ] && [ "$n" -eq "$KILL_AT" ] && kill -9 0
exit $s
`;
    writeFileSync(join(folder, program), text, { mode: 0o755 });
  }
}

describe.each(shells)("killed in %s", (_name, shell) => {
  test.each(["before", "after"])(
    "%s each of its programs, a switch leaves the old or the new release served whole",
    (when) => {
      makeKillers(join(root, "killers"));
      const count = join(root, "count");
      let points = 0;
      for (let at = 0; at < 200; at++) {
        const path = join(root, `site-${at}`);
        makeSite(path, 3);
        const holder = hold(path);
        writeFileSync(count, "");
        const env = {
          ...process.env,
          PATH: `${join(root, "killers")}:${process.env.PATH}`,
          KILL_COUNT: count,
          KILL_WHEN: when,
          KILL_AT: String(at),
        };
        const { signal } = run(shell, switchScript, [path, name(2), token], {}, env);
        const wasKilled = signal === "SIGKILL";
        expect([at, [name(1), name(2)].includes(servedWhole(path))]).toEqual([at, true]);
        const before = servedWhole(path);
        // The next one serves exactly itself, and goes back to what was in fact served.
        expect([at, run(shell, switchScript, [path, name(3), token]).status, servedWhole(path)]).toEqual([
          at,
          0,
          name(3),
        ]);
        expect([at, previousRelease(stateOf(path))]).toEqual([at, before]);
        holder.kill("SIGKILL");
        if (wasKilled) points++;
        // Programs of a pipe are counted in any order: a number may be nobody's.
        else if (readFileSync(count).length <= at) break;
      }
      process.stderr.write(
        `switch, ${shell.join(" ")}, killed ${when}: ${points} points, ${points} survived\n`,
      );
      expect(points).toBeGreaterThan(8);
    },
  );

  test("before each of its programs, a clean-up leaves what is served and what is gone back to", () => {
    makeKillers(join(root, "killers"));
    const count = join(root, "count");
    let points = 0;
    for (let at = 0; at < 200; at++) {
      const path = join(root, `site-${at}`);
      makeSite(path, 4);
      const holder = hold(path);
      run(shell, switchScript, [path, name(2), token]);
      mkdirSync(join(path, "releases", name(9)));
      writeFileSync(count, "");
      const env = {
        ...process.env,
        PATH: `${join(root, "killers")}:${process.env.PATH}`,
        KILL_COUNT: count,
        KILL_WHEN: "before",
        KILL_AT: String(at),
      };
      const gone = [`folder:${name(9)}`, ...[3, 4, 2].map((number) => `release:${name(number)}`)];
      const { signal } = run(shell, removeScript, [path, token], { words: gone }, env);
      const wasKilled = signal === "SIGKILL";
      const state = stateOf(path);
      expect([at, servedWhole(path), previousRelease(state)]).toEqual([at, name(2), name(1)]);
      for (const release of state.releases)
        expect(existsSync(join(path, "releases", release.name, "index.html"))).toBe(true);
      holder.kill("SIGKILL");
      if (wasKilled) points++;
      else if (readFileSync(count).length <= at) break;
    }
    process.stderr.write(`clean-up, ${shell.join(" ")}: ${points} points, ${points} survived\n`);
    expect(points).toBeGreaterThan(6);
  });
});

describeUnless(existsSync("/bin/busybox") ? undefined : "there is no busybox", "killed in busybox", () => {
  // Its programs are its own, so it is killed by the clock.
  test("at any time, a switch leaves the old or the new release served whole", async () => {
    let points = 0;
    for (let at = 0; at < 80; at += 3) {
      const path = join(root, `site-${at}`);
      makeSite(path, 3);
      const holder = hold(path);
      const words = ["sh", "-c", switchScript, "hostout", path, name(2), token];
      const child = spawn("busybox", words, { detached: true, stdio: ["pipe", "ignore", "ignore"] });
      child.stdin.on("error", () => undefined).end(formatGiven({}));
      const ended = new Promise((resolve) => child.once("close", resolve));
      const untilMs = performance.now() + at * 0.25;
      while (performance.now() < untilMs) await new Promise((resolve) => setImmediate(resolve));
      try {
        process.kill(-child.pid!, "SIGKILL");
        points++;
      } catch {
        // It was quicker.
      }
      await ended;
      expect([at, [name(1), name(2)].includes(servedWhole(path))]).toEqual([at, true]);
      const before = servedWhole(path);
      expect([at, run(["busybox", "sh"], switchScript, [path, name(3), token]).status]).toEqual([at, 0]);
      expect([at, servedWhole(path), previousRelease(stateOf(path))]).toEqual([at, name(3), before]);
      holder.kill("SIGKILL");
    }
    process.stderr.write(`switch, busybox sh, killed by the clock: ${points} points, ${points} survived\n`);
    expect(points).toBeGreaterThan(8);
  });
});

test("a release that is not finished cannot be served, and one whose lock is lost switches nothing", () => {
  makeSite(root, 2);
  const holder = hold(root);
  expect(run(["sh"], cloneScript, [root, name(5), token, ""]).status).toBe(0);
  expect(run(["sh"], switchScript, [root, name(5), token]).status).toBe(67);
  expect(run(["sh"], finishScript, [root, name(5), token], { text: "[release]" }).status).toBe(0);
  expect(run(["sh"], cloneScript, [root, name(5), token, ""]).status).toBe(68);
  holder.kill("SIGKILL");
  spawnSync("sleep", ["0.1"]);
  expect(run(["sh"], switchScript, [root, name(5), token]).status).toBe(75);
  expect(run(["sh"], cloneScript, [root, name(6), token, ""]).status).toBe(75);
  expect(servedWhole(root)).toBe(name(1));
});

test("links that the owner put in the place of the store's folders are not followed, as root makes and removes there too", () => {
  const elsewhere = join(root, "elsewhere");
  mkdirSync(join(elsewhere, name(2)), { recursive: true, mode: 0o711 });
  const site = join(root, "site");
  mkdirSync(site);
  symlinkSync(elsewhere, join(site, ".hostout"));
  const prepared = run(["sh"], prepareScript, [site, ""]);
  // As a link, or as a way on which somebody could lead root elsewhere.
  expect([81, 82]).toContain(prepared.status);
  expect(prepared.stderr).toContain(".hostout");
  expect([readdirSync(elsewhere), statSync(elsewhere).mode & 0o777]).toEqual([[name(2)], 0o711]);
  rmSync(join(site, ".hostout"));
  makeSite(site, 2);
  const holder = hold(site);
  renameSync(join(site, "releases"), join(site, "others"));
  symlinkSync(elsewhere, join(site, "releases"));
  const removed = run(["sh"], removeScript, [site, token], {
    words: [`release:${name(2)}`, `folder:.${name(2)}.gone`],
  });
  expect([removed.status, removed.stderr]).toEqual([1, expect.stringContaining("/releases is a link")]);
  expect(readdirSync(elsewhere)).toEqual([name(2)]);
  holder.kill("SIGKILL");
});

test("16 contenders, round after round: one holds the lock at a time, and a dead one frees it at once", async () => {
  run(["sh"], prepareScript, [root, ""]);
  const rounds = Number(process.env.HOSTOUT_LOCK_ROUNDS ?? 12);
  let doubles = 0;
  let holders = 0;
  let taken = 0;
  const contend = async (contender: number) => {
    for (let round = 0; round < rounds; round++) {
      const mine = `${String(contender).padStart(4, "0")}${String(round).padStart(4, "0")}`.padEnd(24, "0");
      const child = spawn("sh", ["-c", holdScript, "hostout", root, mine, "a test", "300"], {
        stdio: ["pipe", "ignore", "ignore"],
      });
      const ended = new Promise((resolve) => child.once("close", resolve));
      const waiter = spawn(
        "sh",
        ["-c", `${awaitScript.replace("-gt 100", "-gt 12")}`, "hostout", root, mine],
        { stdio: "ignore" },
      );
      const got = await new Promise((resolve) => waiter.once("close", resolve));
      if (got === 0) {
        holders++;
        taken++;
        if (holders > 1) doubles++;
        await new Promise((resolve) => setTimeout(resolve, 2));
        holders--;
        // Half of them die, half of them end.
        if (round % 2 === 0) child.kill("SIGKILL");
        else child.stdin?.end();
      } else child.stdin?.end();
      await ended;
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, contender) => contend(contender)));
  process.stderr.write(`lock: 16 contenders x ${rounds} rounds, taken ${taken} times, ${doubles} doubles\n`);
  expect([doubles, taken > rounds / 4]).toEqual([0, true]);
}, 3_600_000);

test("10,000 random histories: what is gone back to was served and is there, what goes is neither", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("deploy" as const), fails: fc.boolean() }),
    fc.record({ do: fc.constant("rollback" as const), isLogged: fc.boolean() }),
    fc.record({ do: fc.constant("cleanup" as const), keep: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ do: fc.constant("touch" as const), which: fc.nat({ max: 9 }) }),
    fc.record({ do: fc.constant("killed before the log" as const) }),
  );
  let histories = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      histories++;
      // The model: what was served, in order, by nature; the store: what the host can say of it.
      const trueHistory: string[] = [];
      let next = 1;
      let state = parseState("");
      const isThere = (release: string) => state.releases.some((one) => one.name === release);
      const serve = (release: string, isLogged = true) => {
        const seen =
          state.served === undefined || state.log.at(-1)?.release === state.served
            ? state.log
            : [...state.log, { at: "", release: state.served }];
        state = { ...state, served: release, log: isLogged ? [...seen, { at: "", release }] : seen };
        if (trueHistory.at(-1) !== release) trueHistory.push(release);
      };
      for (const one of steps) {
        if (one.do === "deploy" || one.do === "killed before the log") {
          const release = name(next++);
          if (one.do === "deploy" && one.fails)
            state = { ...state, leftovers: [...state.leftovers, release] };
          else {
            state = { ...state, releases: [...state.releases, recordOf(release)] };
            serve(release, one.do === "deploy");
          }
        } else if (one.do === "rollback") {
          const target = previousRelease(state);
          const position = trueHistory.lastIndexOf(state.served ?? "");
          const expected = trueHistory
            .slice(0, Math.max(0, position))
            .findLast((release) => release !== state.served && isThere(release));
          if (target !== expected) throw new Error(`goes back to ${target}, not ${expected}`);
          if (target !== undefined) serve(target, one.isLogged);
        } else if (one.do === "cleanup") {
          const target = previousRelease(state);
          const gone = new Set(removable(state, one.keep).map((what) => what.name));
          if (gone.has(state.served ?? "") || gone.has(target ?? ""))
            throw new Error("removes what is served or gone back to");
          state = {
            ...state,
            releases: state.releases.filter((release) => !gone.has(release.name)),
            leftovers: [],
          };
        } else {
          // Somebody removes a folder by hand, but not what is served.
          const victim = state.releases[one.which];
          if (victim !== undefined && victim.name !== state.served)
            state = { ...state, releases: state.releases.filter((release) => release !== victim) };
        }
      }
    }),
    { numRuns: 10_000 },
  );
  expect(histories).toBeGreaterThanOrEqual(10_000);
});

test("a first release that failed while it was served is replaced by the next one, and is never gone back to", () => {
  run(["sh"], prepareScript, [root, ""]);
  const holder = hold(root);
  const make = (release: string) => {
    expect(run(["sh"], cloneScript, [root, release, token, ""]).status).toBe(0);
    writeFileSync(join(root, "releases", release, "index.html"), release);
    expect(
      run(["sh"], finishScript, [root, release, token], { text: "[release]\nresult = built\n" }).status,
    ).toBe(0);
    expect(run(["sh"], switchScript, [root, release, token]).status).toBe(0);
  };
  make(name(1));
  // As far as one comes who is killed after he said that it failed, before it is served no more.
  renameSync(
    join(root, ".hostout/records", `${name(1)}.ini`),
    join(root, ".hostout/records", `${name(1)}.failed`),
  );
  const { served, releases, failed } = stateOf(root);
  expect([served, releases, failed.length]).toEqual([name(1), [], 1]);
  expect(run(["sh"], removeScript, [root, token], { words: [`folder:${name(1)}`] }).status).toBe(0);
  expect(servedWhole(root)).toBe(name(1));
  make(name(2));
  expect([servedWhole(root), previousRelease(stateOf(root))]).toEqual([name(2), undefined]);
  make(name(3));
  expect(previousRelease(stateOf(root))).toBe(name(2));
  expect(removable(stateOf(root), 5).map((what) => what.path)).toEqual([]);
  holder.kill("SIGKILL");
});
