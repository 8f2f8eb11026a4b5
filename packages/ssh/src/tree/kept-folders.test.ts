import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeUnless, lacks } from "../../../../test/bed/describe-with.ts";
import { thisMachine } from "../../../../test/bed/this-machine.ts";
import type { Side } from "../transfer/side.ts";
import { syncWithRsync } from "../transfer/sync-rsync.ts";
import { syncWithTar } from "../transfer/sync-tar.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hostout-kept-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const side = (): Side => ({ machine: thisMachine(), account: "login" });

const sh = (line: string) => execFileSync("sh", ["-c", line], { cwd: folder, encoding: "utf8" });
const inThere = () =>
  sh("cd there && find . -type d -printf '%p %m\\n' -o -printf '%p %m\\n' | sort").trim().split("\n");

for (const [name, sync] of [
  ["rsync", syncWithRsync],
  ["tar", syncWithTar],
] as const)
  describeUnless(lacks(name, "--version"), `by ${name}`, () => {
    beforeEach(() =>
      sh(`umask 022
mkdir -p 'here/#cron/new' here/ssl/private here/left here/same there/#cron there/ssl/private there/same/old there/left
for f in one '#cron/two' '#cron/new/three' ssl/private/key left/out same/x; do echo new >"here/$f"; done
echo older >there/#cron/two; echo old >there/gone; echo old >there/ssl/gone
chmod 700 here 'here/#cron'; chmod 600 'here/#cron/two'; chmod 750 'here/#cron/new'
chmod 710 there/ssl/private; chmod 775 there/left`),
    );
    const request = { direction: "push", exclude: ["left"] } as const;
    const copy = (more: Partial<Parameters<typeof sync>[2]> = {}) =>
      sync(side(), side(), {
        ...request,
        local: join(folder, "here"),
        remote: join(folder, "there"),
        ...more,
      });
    const made = ["./#cron/new 750", "./#cron/new/three 644", "./#cron/two 600", "./one 644"];
    const kept = ["./#cron 755", "./left 775", "./ssl 755", "./ssl/private 710", ". 755"];

    test("what is copied has the rights of the source, and folders that are there keep theirs", async () => {
      const { changed } = await copy();
      expect(inThere()).toEqual(
        [...made, ...kept, "./gone 644", "./same 755", "./same/old 755", "./same/x 644"]
          .concat("./ssl/gone 644", "./ssl/private/key 644")
          .sort(),
      );
      expect(sh("cat there/#cron/two")).toBe("new\n");
      expect(changed).not.toContain("#cron/");
      expect((await copy()).changed).toEqual([]);
    });

    test("so do they where all else is removed that the source does not have", async () => {
      await copy({ delete: true });
      expect(inThere()).toEqual(
        [...made, ...kept, "./same 755", "./same/x 644", "./ssl/private/key 644"].sort(),
      );
      expect((await copy({ delete: true })).changed).toEqual([]);
    });

    test("a tree that belongs to hostout alone gets the rights of the source, but for what is left out", async () => {
      await copy({ keepFolders: "none" });
      expect(sh("cd there && stat -c %a '#cron' ssl/private left")).toBe("700\n755\n775\n");
    });

    if (process.getuid?.() === 0)
      test("so do they where another account reads the source", async () => {
        sh("chmod -R a+rX . && mkdir -p there/same && chmod 750 there/same");
        const here = side();
        const local = {
          machine: { ...here.machine, accounts: { ...here.machine.accounts, effective: "nobody" } },
          account: "effective",
        } as const;
        await sync(local, here, {
          ...request,
          local: join(folder, "here"),
          remote: join(folder, "there"),
          exclude: ["left", "two"],
        });
        expect(sh("stat -c %a there/same; cat there/one there/same/x")).toBe("750\nnew\nnew\n");
      });
  });
