import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { takeLock } from "../../packages/releases/src/store/lock.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type OpenHost, openHost, whyNoHost } from "../bed/open-host.ts";
import { makeSite, run } from "./store-site.ts";

let root: string;
let host: OpenHost | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hostout-many-"));
});
afterEach(async () => {
  await host?.close();
  host = undefined;
  rmSync(root, { recursive: true, force: true });
});

const makeSites = (count: number) =>
  Array.from({ length: count }, (_, number) => {
    const site = join(root, `site-${number}`);
    mkdirSync(site);
    makeSite(site, 1);
    return site;
  });
const isFree = (site: string) =>
  run(["flock", "-n", join(site, ".hostout/lock"), "sh"], "true", []).status === 0;
const within = <T>(ms: number, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    sleep(ms, undefined, { ref: false }).then((): never => {
      throw new Error(`it hangs after ${ms} ms`);
    }),
  ]);

describeUnless(whyNoHost("sshd"), "the locks of many sites on one host", () => {
  // HOSTOUT_SWEEP=1: as many as one host has had.
  const many = process.env.HOSTOUT_SWEEP ? 50 : 20;

  /** Sites, MaxSessions of the host, and how many connections that takes at most. */
  test.each([
    ["node-ssh", 4, 10, 1],
    ["node-ssh", 12, 10, 3],
    ["openssh", 12, 10, 3],
    ["node-ssh", many, 10, 8],
    ["node-ssh", 3, 2, 4],
    ["openssh", 3, 2, 6],
    // One for each lock and one for work; the script that waits for the first lock keeps another.
    ["node-ssh", 2, 1, 5],
  ] as const)(
    "over %s: %i sites are held at once, and work goes on, with MaxSessions %i, over %i connections",
    async (transport, count, most, connections) => {
      host = await openHost({ kind: "sshd", transport, options: [`MaxSessions ${most}`] });
      const { remote } = host;
      const sites = makeSites(count);
      const locks = await within(
        60_000,
        Promise.all(sites.map((site) => takeLock(remote, site, "ann@laptop"))),
      );
      const answers = await within(
        60_000,
        Promise.all(sites.map((site) => remote.capture(["cat", join(site, "current/index.html")]))),
      );
      expect(new Set(answers).size).toBe(1);
      expect(sites.filter(isFree)).toEqual([]);
      await within(20_000, Promise.all(locks.map((lock) => lock.release())));
      expect(sites.filter(isFree)).toEqual(sites);
      expect(await host.logins()).toBeLessThanOrEqual(connections);
    },
    150_000,
  );

  test("a lock is held for as long as the run takes, also beyond command-timeout", async () => {
    host = await openHost({ kind: "sshd", transport: "node-ssh", site: { "command-timeout": "1s" } });
    const [site] = makeSites(1);
    const lock = await takeLock(host.remote, site!, "ann@laptop");
    await sleep(1500);
    expect(isFree(site!)).toBe(false);
    await lock.release();
  });
});
