import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { awaitScript } from "../../packages/releases/src/host/lock-scripts.ts";
import { receiveScript } from "../../packages/releases/src/host/package-script.ts";
import { cloneScript } from "../../packages/releases/src/host/release-scripts.ts";
import { switchScript } from "../../packages/releases/src/host/switch-scripts.ts";
import { takeLock, takeRenewableLock } from "../../packages/releases/src/store/lock.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { openHost } from "../bed/open-host.ts";
import { hold, makeSite, name, run, startHolding, token } from "./store-site.ts";

const other = "ffffffffffffffffffffffff";
const shells = [
  ["dash", ["dash"]],
  ["bash", ["bash", "--norc", "--posix"]],
  ["busybox", ["busybox", "sh"]],
] as const;

let root: string;
let site: string;
let children: ChildProcess[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hostout-silent-"));
  site = join(root, "site");
  mkdirSync(site);
  makeSite(site, 2);
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await sleep(20);
  rmSync(root, { recursive: true, force: true });
});

const isFree = () => run(["flock", "-n", join(site, ".hostout/lock"), "sh"], "true", []).status === 0;
const had = (mine: string) => run(["sh"], awaitScript, [site, mine]).status;

describe.each(shells)("a lock held by %s", (_name, shell) => {
  const there = spawnSync(shell[0], [...shell.slice(1), "-c", "exit 0"]).status === 0;
  describeUnless(there ? undefined : `needs ${shell[0]}`, "", () => {
    test("is free where nothing is heard of who holds it, and not before", async () => {
      const holder = startHolding(site, token, { seconds: 1, shell });
      children.push(holder);
      const ended = new Promise((resolve) => holder.once("close", resolve));
      expect(had(token)).toBe(0);
      const beat = setInterval(() => holder.stdin?.write("."), 100);
      await sleep(2500);
      expect(isFree()).toBe(false);
      clearInterval(beat);
      expect(await ended).toBe(76);
      expect(isFree()).toBe(true);
    });

    test("is not free as long as what is sent with its token comes in, before which nothing else can", async () => {
      const holder = startHolding(site, token, { seconds: 1, shell });
      children.push(holder);
      const ended = new Promise((resolve) => holder.once("close", resolve));
      expect(had(token)).toBe(0);
      const read = join(site, ".hostout/packages", `.new.${token}.read`);
      const folder = join(site, "releases", name(9));
      expect(run(shell, cloneScript, [site, name(9), token, ""]).status).toBe(0);
      for (const coming of [read, join(folder, ".pushed.Xa1")]) {
        // Whatever the host's clock says meanwhile.
        const growing = setInterval(() => {
          appendFileSync(coming, "more");
          utimesSync(coming, 0, 0);
        }, 100);
        await sleep(2500);
        clearInterval(growing);
        expect([coming, isFree()]).toEqual([coming, false]);
      }
      expect(await ended).toBe(76);
    });

    test("is free though another tool writes among the releases, and folders there are of the future", async () => {
      const holder = startHolding(site, token, { seconds: 1, shell });
      children.push(holder);
      const ended = new Promise((resolve) => holder.once("close", resolve));
      expect(had(token)).toBe(0);
      const foreign = join(site, "releases", "backup");
      const unfinished = join(site, "releases", name(9));
      const future = new Date(Date.now() + 86_400_000);
      for (const folder of [foreign, unfinished]) {
        mkdirSync(folder);
        utimesSync(folder, future, future);
      }
      const others = [join(foreign, "log"), join(site, ".hostout/packages", `.new.${other}.read`)];
      const growing = setInterval(() => {
        for (const file of others) appendFileSync(file, "more");
      }, 100);
      try {
        expect(await Promise.race([ended, sleep(8000, "held still", { ref: false })])).toBe(76);
      } finally {
        clearInterval(growing);
      }
    });

    test("ends well where it is given back", async () => {
      const holder = startHolding(site, token, { shell });
      children.push(holder);
      expect(had(token)).toBe(0);
      holder.stdin?.end();
      expect(await new Promise((resolve) => holder.once("close", resolve))).toBe(0);
    });

    test("is held as long as its input is open where the host has no timeout that is understood", async () => {
      mkdirSync(join(root, "bin"));
      writeFileSync(join(root, "bin", "timeout"), "#!/bin/sh\nexit 127\n", { mode: 0o755 });
      const env = { ...process.env, PATH: `${join(root, "bin")}:${process.env.PATH}` };
      const holder = startHolding(site, token, { seconds: 1, shell, env });
      children.push(holder);
      expect(had(token)).toBe(0);
      await sleep(1500);
      expect(isFree()).toBe(false);
      holder.stdin?.end();
      expect(await new Promise((resolve) => holder.once("close", resolve))).toBe(0);
      expect(isFree()).toBe(true);
    });
  });
});

const busybox = spawnSync("busybox", ["sh", "-c", "exit 0"]).status === 0;
describeUnless(busybox ? undefined : "needs busybox", "a host of busybox alone", () => {
  test("has its lock free as soon as it is given back, also at once", async () => {
    const programs = join(root, "bin");
    mkdirSync(programs);
    const names = spawnSync("busybox", ["--list"], { encoding: "utf8" }).stdout.trim().split("\n");
    const box = run(["sh"], "command -v busybox", []).stdout.trim();
    for (const applet of names) symlinkSync(box, join(programs, applet));
    const flock = run(["sh"], "command -v flock", []).stdout.trim();
    if (!names.includes("flock")) symlinkSync(flock, join(programs, "flock"));
    const holder = startHolding(site, token, { shell: [box, "sh"], env: { PATH: programs } });
    children.push(holder);
    expect(had(token)).toBe(0);
    holder.stdin?.end();
    await new Promise((resolve) => holder.once("close", resolve));
    expect(isFree()).toBe(true);
  });
});

test("who vanished while he sent a package keeps nobody from the lock, and what he began goes", async () => {
  const holder = hold(site);
  children.push(holder);
  const words = ["-c", receiveScript, "hostout", site, "0".repeat(64), "", token, "1"];
  const receiving = spawn("sh", words, { stdio: ["pipe", "ignore", "ignore"] });
  children.push(receiving);
  const ended = new Promise((resolve) => receiving.once("close", resolve));
  const packages = () => readdirSync(join(site, ".hostout/packages"));
  while (packages().length === 0) await sleep(10);
  holder.kill("SIGKILL");
  children.push(startHolding(site, other));
  expect(had(other)).toBe(0);
  expect(packages()).toEqual([]);
  receiving.stdin.end();
  expect(await ended).not.toBe(0);
  expect(packages()).toEqual([]);
});

describe("a client that stood still for longer than the host waits", () => {
  /** Nothing of this process goes on meanwhile, as when it is stopped or its machine sleeps. */
  const standStill = (seconds: number) =>
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
  const held = async () => {
    const { local, close } = await openHost({ kind: "embedded", transport: "node-ssh" });
    const lock = await takeRenewableLock(() => takeLock(local, site, "ann@laptop", 1));
    const giveBack = async () => {
      await lock.release();
      await close();
    };
    return { lock, giveBack };
  };

  test("keeps the lock as long as it does not", async () => {
    const { lock, giveBack } = await held();
    await sleep(2500);
    expect(run(["sh"], switchScript, [site, name(2), lock.token]).status).toBe(0);
    await giveBack();
    expect(isFree()).toBe(true);
  });

  test("takes the lock again", async () => {
    const { lock, giveBack } = await held();
    standStill(2.5);
    await sleep(50);
    expect(run(["sh"], switchScript, [site, name(2), lock.token]).status).toBe(75);
    expect(await lock.renew()).toBe(true);
    expect(run(["sh"], switchScript, [site, name(2), lock.token]).status).toBe(0);
    await giveBack();
    expect(isFree()).toBe(true);
  });

  test("does not take it again where something else was served meanwhile", async () => {
    const { lock, giveBack } = await held();
    standStill(2.5);
    const holder = hold(site, other);
    expect(run(["sh"], switchScript, [site, name(2), other]).status).toBe(0);
    holder.stdin?.end();
    await sleep(50);
    expect(await lock.renew()).toBe(false);
    await giveBack();
    expect(isFree()).toBe(true);
  });
});
