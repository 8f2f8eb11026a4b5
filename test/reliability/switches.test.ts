import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { awaitScript } from "../../packages/releases/src/host/lock-scripts.ts";
import { switchScript } from "../../packages/releases/src/host/switch-scripts.ts";
import { formatGiven } from "../../packages/releases/src/script/given.ts";
import { hold, makeSite, name, run, startHolding, token } from "./store-site.ts";

let root: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hostout-switches-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

/** A server in a process of its own, whose root is `current`. */
async function startServer(folder: string): Promise<string> {
  const program = join(import.meta.dirname, "static-server.mjs");
  const server = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(server);
  const [port] = await once(server.stdout, "data");
  return `http://127.0.0.1:${String(port).trim()}`;
}

test("switches under constant reads, over HTTP and of files: none fails, none is of another release", async () => {
  makeSite(root, 2);
  children.push(hold(root));
  const address = await startServer(join(root, "current"));
  const switches = process.env.HOSTOUT_SWEEP === "full" ? 1000 : 200;
  const known = [name(1), name(2)];
  const seen = new Set<string>();
  let [files, requests, isOver] = [0, 0, false];
  const failures: string[] = [];
  const readFiles = async () => {
    while (!isOver) {
      try {
        const folder = realpathSync(join(root, "current"));
        const text = readFileSync(join(folder, "index.html"), "utf8");
        if (text !== basename(folder)) failures.push(`${folder} has ${text}`);
        seen.add(readFileSync(join(root, "current", "index.html"), "utf8"));
      } catch (error) {
        failures.push(String(error));
      }
      // In turn with the switches, where there are few processors.
      if (++files % 50 === 0) await sleep(1);
    }
  };
  const request = async () => {
    while (!isOver) {
      try {
        const response = await fetch(`${address}/index.html`);
        const text = await response.text();
        if (response.status !== 200 || !known.includes(text)) failures.push(`${response.status} ${text}`);
      } catch (error) {
        failures.push(String(error));
      }
      requests++;
    }
  };
  const reading = [readFiles(), request(), request()];
  const loop =
    'p=$1 a=$2 b=$3 t=$4 n=$6; while [ $n -gt 0 ]; do printf %s "$7" | sh -c "$5" hostout "$p" "$a" "$t" && printf %s "$7" | sh -c "$5" hostout "$p" "$b" "$t" || exit 1; n=$((n - 2)); done';
  const words = [root, name(2), name(1), token, switchScript, String(switches), formatGiven({})];
  const child = spawn("sh", ["-c", loop, "sh", ...words], { stdio: "inherit" });
  const [status] = await once(child, "close");
  isOver = true;
  await Promise.all(reading);
  process.stderr.write(
    `${switches} switches: ${requests} requests and ${files} reads of files, ${failures.length} failed\n`,
  );
  expect([status, failures, [...seen].sort()]).toEqual([0, [], known]);
  expect(Math.min(requests, files)).toBeGreaterThan(100);
}, 600_000);

test("the lock of a holder that dies is free at once", async () => {
  makeSite(root, 1);
  const took: number[] = [];
  for (let round = 0; round < 10; round++) {
    const holder = hold(root);
    const died = once(holder, "close");
    const startedMs = performance.now();
    holder.kill("SIGKILL");
    await died;
    for (;;) {
      const other = startHolding(root, "f".repeat(24));
      children.push(other);
      const patience = awaitScript.replace("-gt 100", "-gt 14");
      if (run(["sh"], patience, [root, "f".repeat(24)]).status === 0) {
        took.push(performance.now() - startedMs);
        const gone = once(other, "close");
        other.kill("SIGKILL");
        await gone;
        break;
      }
      // It could have it later, and nobody would wait for that.
      other.kill("SIGKILL");
    }
  }
  took.sort((a, b) => a - b);
  process.stderr.write(
    `lock: held again after its holder died: median ${Math.round(took[5]!)} ms, at most ${Math.round(took.at(-1)!)} ms\n`,
  );
  expect(took.at(-1)).toBeLessThan(10_000);
});
