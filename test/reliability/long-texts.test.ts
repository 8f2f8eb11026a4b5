import { spawnSync } from "node:child_process";
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
import { type Lock, openStore, type ReleaseRecord, type Store } from "@hostout/releases";
import { prepareScript } from "../../packages/releases/src/host/prepare-scripts.ts";
import { recordScript } from "../../packages/releases/src/host/release-scripts.ts";
import { exits } from "../../packages/releases/src/script/exits.ts";
import { formatGiven } from "../../packages/releases/src/script/given.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type OpenHost, openHost, whyNoHost } from "../bed/open-host.ts";
import { hold, makeSite, name, recordOf, run, token } from "./store-site.ts";

/** As much as a check may print, with all that quotes make longer. */
const longText = `it's "\\ % $(no) *\n`.repeat(1_000_000 / 17);
/** Names of 1 MB in all; the last is there. */
const longNames = Array.from({ length: 20 }, (_, at) => `${at} it's * ${"x".repeat(50_000)}`);
const longList = [...longNames, "bin"];

describeUnless(whyNoHost("sshd"), "a store that is given texts and lists of 1 MB", () => {
  let host: OpenHost;
  let site: string;
  let store: Store;
  let lock: Lock;
  beforeAll(async () => {
    host = await openHost({ kind: "sshd", transport: "node-ssh" });
  });
  afterAll(() => host.close());
  beforeEach(async () => {
    site = mkdtempSync(join(tmpdir(), "hostout-long-"));
    run(["sh"], prepareScript, [site, ""]);
    store = openStore(host.remote, site);
    lock = await store.lock("a test ".repeat(20_000));
  });
  afterEach(async () => {
    await lock.release();
    rmSync(site, { recursive: true, force: true });
  });

  const record = (number: number): ReleaseRecord => ({
    ...recordOf(name(number)),
    from: longText,
    reason: longText,
  });
  const make = async (number: number) => {
    await store.clone(name(number), undefined, ["bin"], lock);
    writeFileSync(join(site, "releases", name(number), "bin/app"), name(number));
    await store.finish(record(number), lock);
  };
  const live = () => readFileSync(join(site, "current/bin/app"), "utf8");

  test("finishes, records, switches and goes back", async () => {
    await make(1);
    await make(2);
    await store.record(record(2), lock);
    expect(await store.switchTo(name(1), longList, lock)).toEqual([]);
    await store.switchTo(name(2), longList, lock);
    expect([live(), existsSync(join(site, "bin/app"))]).toEqual([name(2), true]);
    await store.goBack(record(2), name(1), lock);
    const { failed, lockedBy } = await store.state();
    expect([live(), failed.map((one) => one.name)]).toEqual([name(1), [name(2)]]);
    expect(failed[0]?.reason).toMatch(/^it's "\\ % \$\(no\) \* it's.*…$/);
    expect(lockedBy).toMatch(/^a test a test/);
  });

  test("keeps a build apart that failed, and removes leftovers", async () => {
    await store.clone(name(3), undefined, ["bin"], lock);
    expect(await store.fail(record(3), false, lock)).toBe("kept");
    expect((await store.state()).failed[0]?.reason).toContain("…");
    mkdirSync(join(site, "releases", name(4)));
    const what = [...longNames.map((one) => `adopted${one}`), name(4)].map((one) => {
      return { kind: one === name(4) ? "folder" : "remnant", name: one, path: one, reason: "" } as const;
    });
    const remaining = await store.remove(what, lock);
    expect(remaining.map((one) => one.kind)).toEqual(longNames.map(() => "remnant"));
    expect((await store.state()).leftovers).toEqual([`.${name(3)}.failed`]);
  });

  test("adopts what is in place, and links to it", async () => {
    mkdirSync(join(site, "bin"));
    writeFileSync(join(site, "bin/app"), "in place");
    expect(await store.inPlace(longList)).toEqual(["bin"]);
    await store.adopt({ ...record(4), by: "adopt" }, ["bin"], lock);
    await store.link(longList, lock);
    expect([live(), readFileSync(join(site, "bin/app"), "utf8")]).toEqual(["in place", "in place"]);
  });

  test("clones folders whose names are longer than an argument holds", async () => {
    mkdirSync(join(site, "releases", name(5), "bin"), { recursive: true });
    symlinkSync("../../var", join(site, "releases", name(5), "var"));
    const folders = Array.from({ length: 60 }, (_, at) => `${at}${`/${"f".repeat(250)}`.repeat(13)}`);
    await store.clone(name(6), name(5), folders, lock);
    expect(existsSync(join(site, "releases", name(6), folders.at(-1)!))).toBe(true);
  });
});

describe.each([[["dash"]], [["bash", "--norc", "--posix"]], [["busybox", "sh"]]])("in %s", (shell) => {
  const there = spawnSync(shell[0]!, [...shell.slice(1), "-c", "exit 0"]).status === 0;
  describeUnless(there ? undefined : `needs ${shell[0]}`, "and", () => {
    test("a record of 1 MB is written whole, and one that was cut off changes nothing", () => {
      const site = mkdtempSync(join(tmpdir(), "hostout-long-"));
      makeSite(site, 2);
      const holder = hold(site);
      try {
        const file = join(site, ".hostout/records", `${name(2)}.ini`);
        const words = [...shell.slice(1), "-c", recordScript, "hostout", site, name(2), token];
        const write = (input: string) => spawnSync(shell[0]!, words, { input }).status;
        expect(write(formatGiven({ text: longText }))).toBe(0);
        expect(readFileSync(file, "utf8") === longText).toBe(true);
        for (const cut of ["", "[rel", "[release]\n", `${formatGiven({ text: "x" })}[`])
          expect([cut, write(cut)]).toEqual([cut, exits.cutOff]);
        expect(readFileSync(file, "utf8") === longText).toBe(true);
      } finally {
        holder.kill("SIGKILL");
        rmSync(site, { recursive: true, force: true });
      }
    });
  });
});
