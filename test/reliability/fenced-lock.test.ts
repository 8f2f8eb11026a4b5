import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { awaitScript, unlockScript } from "../../packages/releases/src/host/lock-scripts.ts";
import { finishScript } from "../../packages/releases/src/host/release-scripts.ts";
import { removeScript } from "../../packages/releases/src/host/remove-script.ts";
import { switchScript } from "../../packages/releases/src/host/switch-scripts.ts";
import { formatGiven, type Given } from "../../packages/releases/src/script/given.ts";
import { hold, makeSite, name, run, servedWhole, startHolding, stateOf, token } from "./store-site.ts";

const other = "ffffffffffffffffffffffff";

let root: string;
let holders: ChildProcess[];
let stopped: ChildProcess[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hostout-fence-"));
  mkdirSync(join(root, "site"));
  mkdirSync(join(root, "bin"));
  [holders, stopped] = [[], []];
});
afterEach(async () => {
  for (const holder of holders) holder.kill("SIGKILL");
  for (const { pid, exitCode } of stopped) if (exitCode === null) process.kill(-pid!, "SIGKILL");
  await sleep(20);
  rmSync(root, { recursive: true, force: true });
});

const site = () => join(root, "site");
const holdAs = (mine: string) => {
  const holder = hold(site(), mine);
  holders.push(holder);
  return holder;
};

/** Runs a script up to where it calls a program for the first time, which then waits for leave to go on. */
async function stoppedAt(program: string, script: string, words: readonly string[], given: Given = {}) {
  const [reached, leave] = [join(root, "reached"), join(root, "leave")];
  const wait = `#!/bin/sh\n[ -e ${reached} ] || { : >${reached}; until [ -e ${leave} ]; do sleep 0.02; done; }\nPATH=$OLD_PATH exec ${program} "$@"\n`;
  writeFileSync(join(root, "bin", program), wait, { mode: 0o755 });
  const env = {
    ...process.env,
    OLD_PATH: process.env.PATH,
    PATH: `${join(root, "bin")}:${process.env.PATH}`,
  };
  const child = spawn("sh", ["-c", script, "hostout", site(), ...words], {
    env,
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  child.stdin?.end(formatGiven(given));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  while (!existsSync(reached)) await sleep(5);
  stopped.push(child);
  const goOn = () => {
    writeFileSync(leave, "");
    return ended;
  };
  return { goOn };
}

/** Tries once to take the lock, as a client does that waits a little. */
function contend(mine: string): Promise<"held" | "locked"> {
  const patience = awaitScript.replace("-gt 100", "-gt 16");
  const child = spawn("sh", ["-c", patience, "hostout", site(), mine], { stdio: "ignore" });
  return new Promise((resolve) => child.once("close", (code) => resolve(code === 0 ? "held" : "locked")));
}

test.each(["mv", "ln", "date"])(
  "a switch whose client died is not overtaken: nobody has the lock before it has ended (stopped at %s)",
  async (program) => {
    makeSite(site(), 3);
    const holder = holdAs(token);
    const stale = await stoppedAt(program, switchScript, [name(2), token]);
    holder.kill("SIGKILL");
    await sleep(50);
    // The other client waits for the lock from now on.
    const waiting = startHolding(site(), other);
    holders.push(waiting);
    expect(await contend(other)).toBe("locked");
    await stale.goOn();
    expect(await contend(other)).toBe("held");
    expect(servedWhole(site())).toBe(name(2));
    expect(run(["sh"], switchScript, [site(), name(3), other]).status).toBe(0);
    expect(servedWhole(site())).toBe(name(3));
    expect(stateOf(site()).log.map(({ release }) => release)).toEqual([1, 2, 3].map(name));
  },
);

test("a release is not removed while somebody switches to it, nor served when it was removed", async () => {
  makeSite(site(), 3);
  const holder = holdAs(token);
  const stale = await stoppedAt("mv", switchScript, [name(2), token]);
  holder.kill("SIGKILL");
  await sleep(50);
  holders.push(startHolding(site(), other));
  expect(await contend(other)).toBe("locked");
  expect(run(["sh"], removeScript, [site(), other], { words: [`release:${name(2)}`] }).status).toBe(75);
  await stale.goOn();
  expect(await contend(other)).toBe("held");
  // It is served now: so it stays, though it is asked to go.
  expect(
    run(["sh"], removeScript, [site(), other], { words: [`release:${name(2)}`, `release:${name(3)}`] })
      .status,
  ).toBe(0);
  expect(servedWhole(site())).toBe(name(2));
  expect(run(["sh"], switchScript, [site(), name(3), other]).status).toBe(67);
  expect(servedWhole(site())).toBe(name(2));
});

test("a release that is being finished when its client dies is finished before another has the lock", async () => {
  makeSite(site(), 1);
  mkdirSync(join(site(), "releases", name(2)));
  writeFileSync(join(site(), "releases", name(2), "index.html"), name(2));
  symlinkSync("../../var", join(site(), "releases", name(2), "var"));
  const holder = holdAs(token);
  const stale = await stoppedAt("sync", finishScript, [name(2), token], { text: "[release]\n" });
  holder.kill("SIGKILL");
  await sleep(50);
  holders.push(startHolding(site(), other));
  expect(await contend(other)).toBe("locked");
  await stale.goOn();
  expect(await contend(other)).toBe("held");
  expect(stateOf(site()).releases.map((release) => release.name)).toEqual([name(1), name(2)]);
});

test("unlock ends the holder, and what it asks for from then on changes nothing", async () => {
  makeSite(site(), 3);
  holdAs(token);
  expect(run(["sh"], unlockScript, [site()]).stdout).toBe("a test\n");
  await sleep(50);
  holdAs(other);
  expect(run(["sh"], switchScript, [site(), name(3), other]).status).toBe(0);
  for (const [script, words] of [
    [switchScript, [name(2), token]],
    [removeScript, [token]],
  ] as const)
    expect(run(["sh"], script, [site(), ...words]).status).toBe(75);
  expect(servedWhole(site())).toBe(name(3));
  expect(readFileSync(join(site(), "releases", name(2), "index.html"), "utf8")).toBe(name(2));
});

test("who takes the lock removes what one who was killed has written half", async () => {
  makeSite(site(), 1);
  holdAs(token).kill("SIGKILL");
  await sleep(50);
  const halves = [
    `.hostout/current.${token}`,
    `.hostout/records/${name(1)}.ini.${token}`,
    `.hostout/records/${name(2)}.failed.${token}`,
    `.hostout/manifests/.${name(2)}`,
    `.hostout/packages/.new.${token}.read`,
    `.hostout/packages/.new.${token}.tar`,
  ];
  for (const half of halves) writeFileSync(join(site(), half), "half");
  holdAs(other);
  expect(halves.filter((half) => existsSync(join(site(), half)))).toEqual([]);
  expect(existsSync(join(site(), ".hostout/records", `${name(1)}.ini`))).toBe(true);
});
