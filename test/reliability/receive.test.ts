import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { receiveScript } from "../../packages/releases/src/host/package-script.ts";
import { exits } from "../../packages/releases/src/script/exits.ts";
import {
  formatRuns,
  packageRuns,
  type Run,
  type Segment,
  sentBlocks,
} from "../../packages/releases/src/state/package-runs.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { hold, makeSite, token } from "./store-site.ts";

const sum = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A package of which each number is a segment, so many blocks long as the number's last digit says. */
function packageOf(numbers: readonly number[]) {
  const parts = numbers.map((number) => Buffer.alloc(512 * ((number % 10) + 1), `${number},`));
  let offsetBlocks = 0;
  const segments = parts.map((part): Segment => {
    const segment = { offsetBlocks, blocks: part.length / 512, sha256: sum(part) };
    offsetBlocks += segment.blocks;
    return segment;
  });
  return { bytes: Buffer.concat(parts), segments };
}

const index = Buffer.from("the index\n");

/** What is sent for runs. */
const parcelOf = (runs: readonly Run[], bytes: Buffer) =>
  gzipSync(
    Buffer.concat([
      ...runs.map((run) =>
        run.from === "base"
          ? Buffer.alloc(0)
          : bytes.subarray(run.offsetBlocks * 512, (run.offsetBlocks + run.blocks) * 512),
      ),
      Buffer.from(formatRuns(runs)),
      index,
    ]),
  );

/** A dd as POSIX has it, which counts in blocks alone. */
const plainDd = `#!/bin/sh
case " $* " in *" iflag="*) echo "dd: unknown operand" >&2; exit 1 ;; esac
exec /bin/dd "$@"
`;

const shells = [
  ["dash", ["dash"]],
  ["bash", ["bash", "--norc", "--posix"]],
  ["busybox", ["busybox", "sh"]],
] as const;

describe.each(shells)("a package comes to a host whose shell is %s", (_name, shell) => {
  const there = spawnSync(shell[0], [...shell.slice(1), "-c", "exit 0"]).status === 0;
  describeUnless(there ? undefined : `needs ${shell[0]}`, "and", () => {
    let root: string;
    let site: string;
    let holder: ReturnType<typeof hold>;
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), "hostout-receive-"));
      site = join(root, "site");
      makeSite(site, 1);
      holder = hold(site);
      mkdirSync(join(root, "bin"));
      writeFileSync(join(root, "bin", "dd"), plainDd, { mode: 0o755 });
    });
    afterEach(() => {
      holder.kill("SIGKILL");
      rmSync(root, { recursive: true, force: true });
    });

    const packages = () => readdirSync(join(site, ".hostout", "packages")).sort();
    const receive = (
      hash: string,
      base: string,
      runs: readonly Run[],
      sent: Buffer,
      path = process.env.PATH,
      before = "",
    ) =>
      spawnSync(
        shell[0],
        [
          ...shell.slice(1),
          "-c",
          `${before}${receiveScript}`,
          "hostout",
          site,
          hash,
          base,
          token,
          String(sentBlocks(runs)),
        ],
        { input: sent, encoding: "utf8", env: { ...process.env, PATH: path } },
      );

    test.each([
      ["counts bytes", () => process.env.PATH],
      ["counts blocks alone", () => `${join(root, "bin")}:${process.env.PATH}`],
    ])("is put together of what is there and what is sent, where dd %s", (_how, path) => {
      const numbers = fc.array(fc.nat(40), { minLength: 1, maxLength: 12 });
      fc.assert(
        fc.property(numbers, numbers, fc.boolean(), (before, after, isFirst) => {
          const [base, wanted] = [packageOf(before), packageOf(after)];
          const [baseHash, hash] = [sum(base.bytes), sum(wanted.bytes)];
          if (baseHash === hash) return;
          writeFileSync(join(site, ".hostout", "packages", `${baseHash}.tar`), base.bytes);
          const runs = packageRuns(isFirst ? [] : base.segments, wanted.segments);
          const ended = receive(hash, isFirst ? "" : baseHash, runs, parcelOf(runs, wanted.bytes), path());
          expect([ended.status, ended.stderr, ended.stdout]).toEqual([0, "", ""]);
          expect(readFileSync(join(site, ".hostout", "packages", `${hash}.tar`)).equals(wanted.bytes)).toBe(
            true,
          );
          expect(readFileSync(join(site, ".hostout", "packages", `${hash}.index`)).equals(index)).toBe(true);
          expect(packages().filter((name) => name.startsWith("."))).toEqual([]);
          for (const name of packages()) rmSync(join(site, ".hostout", "packages", name));
        }),
        { numRuns: 40 },
      );
    });

    const wanted = packageOf([1, 22, 33, 4]);
    const hash = sum(wanted.bytes);
    const whole = packageRuns([], wanted.segments);

    test.each([
      [
        "one byte is another",
        () => parcelOf(whole, Buffer.concat([Buffer.from("x"), wanted.bytes.subarray(1)])),
      ],
      ["it is cut short", () => gzipSync(wanted.bytes.subarray(0, 700))],
      ["it is no gzip", () => wanted.bytes],
      ["nothing comes", () => Buffer.alloc(0)],
    ])("is not kept where %s", (_what, sent) => {
      expect(receive(hash, "", whole, sent()).status).toBe(exits.wrongSum);
      expect(packages()).toEqual([]);
    });

    test.each([
      ["what comes", "", whole],
      ["what it is put together of", "b", [{ from: "base", offsetBlocks: 0, blocks: 100 }] as const],
    ])("is not said to be torn where %s cannot be written", (_what, base, runs) => {
      writeFileSync(join(site, ".hostout", "packages", "b.tar"), Buffer.alloc(51_200));
      const sent = parcelOf(runs, wanted.bytes);
      const { status, stderr } = receive(hash, base, runs, sent, process.env.PATH, "ulimit -f 1\n");
      expect([status, stderr]).toEqual([1, expect.stringMatching(/it cannot be (written|put together)/)]);
      expect(packages()).toEqual(["b.tar"]);
    });

    test("killed after each of its renames, leaves no index of a package that nobody knows", () => {
      const renames = join(root, "renames");
      mkdirSync(renames);
      // Counts its calls by a line each.
      const kill = `#!/bin/sh\necho >>${root}/calls\n/bin/mv "$@"\n[ $(wc -l <${root}/calls) -ne "$KILL_AT" ] || kill -9 $PPID\n`;
      writeFileSync(join(renames, "mv"), kill, { mode: 0o755 });
      const runs = packageRuns([], wanted.segments);
      for (const at of [1, 2, 3]) {
        const before = `KILL_AT=${at}; export KILL_AT\n`;
        writeFileSync(join(root, "calls"), "");
        receive(hash, "", runs, parcelOf(runs, wanted.bytes), `${renames}:${process.env.PATH}`, before);
        const kept = packages().filter((name) => !name.startsWith("."));
        expect([at, kept.includes(`${hash}.index`) && !kept.includes(`${hash}.tar`)]).toEqual([at, false]);
        for (const name of packages()) rmSync(join(site, ".hostout", "packages", name));
      }
    });

    test("is kept in a site whose path has a backslash", () => {
      const odd = join(root, "a\\\\b");
      makeSite(odd, 1);
      const other = hold(odd);
      const words = ["-c", receiveScript, "hostout", odd, hash, "", token, String(sentBlocks(whole))];
      const { status } = spawnSync(shell[0], [...shell.slice(1), ...words], {
        input: parcelOf(whole, wanted.bytes),
      });
      other.kill("SIGKILL");
      expect(status).toBe(0);
    });

    test("is not kept where what is there is not what it was", () => {
      const base = packageOf([1, 22, 5]);
      writeFileSync(join(site, ".hostout", "packages", "b.tar"), base.bytes.fill("x", 0, 9));
      const runs = packageRuns(base.segments, wanted.segments);
      expect(runs[0]!.from).toBe("base");
      expect(receive(hash, "b", runs, parcelOf(runs, wanted.bytes)).status).toBe(exits.wrongBase);
      expect(packages()).toEqual([]);
    });
  });
});
