import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adoptScript, linkScript } from "../../packages/releases/src/host/adopt-script.ts";
import { awaitScript } from "../../packages/releases/src/host/lock-scripts.ts";
import { cloneScript } from "../../packages/releases/src/host/release-scripts.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { makeSite, name, run, startHolding, token } from "./store-site.ts";

/** Nobody, who owns the site. */
const owner = 65534;
const asOwner = ["setpriv", `--reuid=${owner}`, `--regid=${owner}`, "--clear-groups"];
const shells = { dash: ["dash"], bash: ["bash", "--norc", "--posix"], busybox: ["busybox", "sh"] } as const;
const protectedLinks = "/proc/sys/fs/protected_hardlinks";

/** What keeps a file of root from being linked by others. */
const why =
  process.getuid?.() !== 0
    ? "it needs root"
    : !existsSync(protectedLinks) || readFileSync(protectedLinks, "utf8").trim() === "0"
      ? "this machine lets files of others be linked (fs.protected_hardlinks)"
      : undefined;

describeUnless(why, "a site with files of another account", () => {
  let root: string;
  let path: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hostout-foreign-"));
    chmodSync(root, 0o755);
    path = join(root, "site");
    mkdirSync(path);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Nobody's, but for what is named. */
  const give = (folder: string, ...roots: readonly string[]) => {
    execFileSync("chown", ["-Rh", `${owner}:${owner}`, folder]);
    for (const one of roots) chownSync(one, 0, 0);
  };
  const hold = () => {
    const child = startHolding(path, token, { shell: [...asOwner, "sh"] });
    expect(run([...asOwner, "sh"], awaitScript, [path, token]).status).toBe(0);
    return child;
  };
  const makeFolder = (folder: string) => {
    mkdirSync(join(folder, "lib"), { recursive: true });
    for (const file of ["a", "b-root", "c", "lib/d", "lib/e-root"]) writeFileSync(join(folder, file), file);
    chmodSync(join(folder, "b-root"), 0o755);
    symlinkSync("a", join(folder, "link"));
    chmodSync(join(folder, "lib"), 0o555);
  };
  const contentOf = (folder: string) =>
    execFileSync("sh", ["-c", 'cd "$1" && find . -printf "%p %m %l\\n" | sort', "sh", folder], {
      encoding: "utf8",
    });

  describe.each(Object.entries(shells))("in %s", (_name, words) => {
    const shell = [...asOwner, ...words];

    test("a folder in place becomes a release with all of its files, and none twice", () => {
      makeSite(path, 0);
      rmSync(join(path, "current"));
      makeFolder(join(path, "bin"));
      makeFolder(join(path, "parts"));
      const before = contentOf(join(path, "bin"));
      give(path, join(path, "bin/b-root"), join(path, "bin/lib/e-root"), join(path, "parts/link"));
      const holder = hold();
      const adopted = run(shell, adoptScript, [path, name(1), token], {
        text: "[release]",
        words: ["bin", "parts"],
      });
      expect([adopted.status, adopted.stderr]).toEqual([0, ""]);
      for (const folder of ["bin", "parts"])
        expect(contentOf(join(path, "releases", name(1), folder))).toBe(before);
      // What can be linked is.
      expect(statSync(join(path, "releases", name(1), "bin/a")).nlink).toBe(2);
      holder.kill("SIGKILL");
    });

    test("folders of root in one that was adopted keep the others from no link", () => {
      makeSite(path, 1);
      for (const folder of ["bin", "eggs", "parts"]) {
        for (const place of [join(path, folder), join(path, "releases", name(1), folder)]) {
          mkdirSync(join(place, "cache"), { recursive: true });
          writeFileSync(join(place, "cache/compiled"), folder);
        }
      }
      give(path, join(path, "bin/cache"), join(path, "eggs/cache"));
      const holder = hold();
      for (let times = 0; times < 2; times++)
        expect(run(shell, linkScript, [path, token], { words: ["bin", "eggs", "parts"] }).status).toBe(0);
      for (const folder of ["bin", "eggs", "parts"])
        expect([folder, readlinkSync(join(path, folder))]).toEqual([folder, `current/${folder}`]);
      holder.kill("SIGKILL");
    });

    test("a release is made beside a live one that has files of root, and what it compiled and hid is left out", () => {
      makeSite(path, 1);
      const live = join(path, "releases", name(1), "bin");
      makeFolder(live);
      mkdirSync(join(live, "__pycache__"));
      writeFileSync(join(live, "__pycache__/x.pyc"), "compiled");
      mkdirSync(join(live, "more/__pycache__"), { recursive: true, mode: 0o755 });
      writeFileSync(join(live, "more/__pycache__/y.pyc"), "compiled", { mode: 0o600 });
      chmodSync(join(live, "more/__pycache__"), 0o700);
      give(path);
      for (const one of ["__pycache__", "__pycache__/x.pyc", "more/__pycache__", "more/__pycache__/y.pyc"])
        chownSync(join(live, one), 0, 0);
      const holder = hold();
      const cloned = run(shell, cloneScript, [path, name(2), token, name(1)], { words: ["bin", "etc"] });
      expect([cloned.status, cloned.stderr]).toEqual([0, ""]);
      const clone = join(path, "releases", name(2));
      expect(readdirSync(clone).sort()).toEqual(["bin", "etc", "var"]);
      expect(readFileSync(join(clone, "bin/__pycache__/x.pyc"), "utf8")).toBe("compiled");
      expect(lstatSync(join(clone, "bin/__pycache__/x.pyc")).uid).toBe(owner);
      expect(existsSync(join(clone, "bin/more/__pycache__/y.pyc"))).toBe(false);
      expect(statSync(join(clone, "bin/lib/d")).nlink).toBe(2);
      holder.kill("SIGKILL");
    });

    test("a file that can be neither linked nor read is named, and nothing is left of the try", () => {
      makeSite(path, 1);
      const live = join(path, "releases", name(1), "bin");
      makeFolder(live);
      chmodSync(join(live, "b-root"), 0o600);
      makeFolder(join(path, "parts"));
      chmodSync(join(path, "parts/c"), 0o600);
      give(path, join(live, "b-root"), join(path, "parts/c"));
      const holder = hold();
      const cloned = run(shell, cloneScript, [path, name(2), token, name(1)], { words: ["bin"] });
      expect([cloned.status, cloned.stderr]).toEqual([74, `releases/${name(1)}/bin/b-root of root\n`]);
      rmSync(join(path, "current"));
      const adopted = run(shell, adoptScript, [path, name(3), token], {
        text: "[release]",
        words: ["parts"],
      });
      expect([adopted.status, adopted.stderr]).toEqual([74, "parts/c of root\n"]);
      expect(readdirSync(join(path, "releases"))).toEqual([name(1)]);
      expect(existsSync(join(path, "current"))).toBe(false);
      holder.kill("SIGKILL");
    });
  });
});
