import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discardScript } from "../../packages/releases/src/host/discard-script.ts";
import { holdScript } from "../../packages/releases/src/host/lock-scripts.ts";
import { giveScript, prepareScript } from "../../packages/releases/src/host/prepare-scripts.ts";
import { stateScript } from "../../packages/releases/src/host/state-script.ts";
import { ownerScript } from "../../packages/releases/src/script/root-folder.ts";
import { describeUnless, lacks } from "../bed/describe-with.ts";
import { name, run, token } from "./store-site.ts";

/** Owns the site, and puts links there. */
const owner = 65534;
/** Owns another site. */
const other = 12_345;
/** Not one that is in root's home. */
const python = "/usr/bin/python3";
/** Of a sweep: 1,000 take more than 10 minutes in each shell. */
const wanted = Number(process.env.HOSTOUT_LINK_ROUNDS ?? (process.env.HOSTOUT_SWEEP === "full" ? 1000 : 0));
const shells = { dash: ["dash"], bash: ["bash", "--norc", "--posix"], busybox: ["busybox", "sh"] } as const;
const why = process.getuid?.() === 0 ? lacks(python, "-V") : "it needs root";

describeUnless(why, "the owner of a site who puts links in the place of its folders", () => {
  let root: string;
  let site: string;
  /** Of somebody else: nothing here may change. */
  let theirs: string;
  let swapper: ChildProcess | undefined;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hostout-links-"));
    chmodSync(root, 0o755);
    [site, theirs] = [join(root, "home/site"), join(root, "theirs")];
    for (const folder of [`.${name(1)}.gone/lib`, "packages", "records", "deep", "releases"])
      mkdirSync(join(theirs, folder), { recursive: true });
    for (const folder of ["records", "packages", "manifests"])
      mkdirSync(join(theirs, ".hostout", folder), { recursive: true });
    mkdirSync(join(theirs, "releases", `.${name(1)}.gone`));
    for (const file of ["db.tar", `.${name(1)}.gone/x`, "deep/x", `releases/.${name(1)}.gone/x`])
      writeFileSync(join(theirs, file), "theirs");
    chownSync(join(theirs, "deep/x"), other, other);
    mkdirSync(site, { recursive: true });
  });
  afterEach(() => {
    swapper?.kill("SIGKILL");
    rmSync(root, { recursive: true, force: true });
  });

  const give = (...folders: readonly string[]) =>
    execFileSync("chown", ["-Rh", `${owner}:${owner}`, ...folders]);
  const look = () =>
    execFileSync("find", [theirs, "-printf", "%p %U %G %m %y\n"], { encoding: "utf8" }).split("\n").sort();
  /** Begins to swap names, each with a link that leads to what is given. */
  const swap = async (links: Readonly<Record<string, string>>) => {
    const program = readFileSync(join(import.meta.dirname, "swap.py"), "utf8");
    const asOwner = [`--reuid=${owner}`, `--regid=${owner}`, "--clear-groups", python, "-c", program];
    swapper = spawn("setpriv", [...asOwner, ...Object.entries(links).flat()], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(swapper.stdout!, "data");
  };
  /** Each name is a folder then, until swapping goes on. */
  const pause = async () => {
    swapper?.stdin?.write("pause\n");
    await once(swapper!.stdout!, "data");
  };
  const goOn = () => swapper?.stdin?.write("go on\n");

  describe.each(Object.entries(shells))("in %s", (shellName, shell) => {
    const rounds = wanted || (shellName === "dash" ? 6 : 2);

    test("gets no folder of others from root, which is refused where the owner may change the path", async () => {
      give(join(root, "home"));
      const before = look();
      await swap({ [site]: theirs });
      for (let round = 0; round < rounds; round++) {
        const made = run(shell, giveScript, [site, "nobody", "root"]);
        expect([round, made.status, made.stderr]).toEqual([round, 81, `${root}/home\tnobody\n`]);
        const held = run(shell, holdScript, [site, token, "a test", "1"]);
        expect([round, held.status]).not.toEqual([round, 0]);
        expect([round, run(shell, prepareScript, [site]).status]).not.toEqual([round, 0]);
      }
      expect(look()).toEqual(before);
    });

    test("gets no folder of others within the own folder, and gets that of root", async () => {
      for (const folder of ["releases", ".hostout/packages", "var"])
        mkdirSync(join(site, folder), { recursive: true });
      chownSync(site, owner, owner);
      chownSync(join(site, ".hostout"), owner, owner);
      const before = look();
      await swap({
        [join(site, "releases")]: theirs,
        [join(site, ".hostout")]: theirs,
        [join(site, "var")]: join(theirs, "deep"),
      });
      for (let round = 0; round < rounds; round++) run(shell, giveScript, [site, "nobody", "root"]);
      swapper?.kill("SIGKILL");
      expect(look()).toEqual(before);
      rmSync(site, { recursive: true });
      mkdirSync(join(site, "releases"), { recursive: true });
      expect(run(shell, giveScript, [site, "nobody", "root"]).status).toBe(0);
      expect([site, join(site, "releases")].map((folder) => lstatSync(folder).uid)).toEqual([owner, owner]);
    });

    test("has nothing of others removed by root, and the own is removed with what root left in it", async () => {
      const gone = `.${name(1)}.gone`;
      const left = join(site, "releases", gone);
      const tar = join(site, ".hostout/packages/db.tar");
      mkdirSync(join(site, ".hostout/packages"), { recursive: true });
      mkdirSync(join(site, "releases"));
      give(site);
      const make = () => {
        mkdirSync(join(left, "lib/cache/deep"), { recursive: true });
        writeFileSync(join(left, "lib/cache/deep/x"), "x");
        rmSync(join(left, "lib/cache/link"), { force: true });
        symlinkSync(theirs, join(left, "lib/cache/link"));
        writeFileSync(tar, "x");
        for (const one of [left, join(left, "lib")]) chownSync(one, owner, owner);
      };
      const words = [`folder:${gone}\treleases/${gone}`, "package:db\t.hostout/packages/db.tar"];
      const discard = () => run(shell, discardScript, [site, "nobody"], { words });
      make();
      expect(discard()).toMatchObject({ status: 0, stdout: "", stderr: "" });
      expect([existsSync(left), existsSync(tar)]).toEqual([false, false]);
      const before = look();
      make();
      await swap({
        [join(site, "releases")]: theirs,
        [join(site, ".hostout/packages")]: theirs,
        [join(left, "lib")]: join(theirs, "deep"),
      });
      for (let round = 0; round < rounds; round++) {
        goOn();
        discard();
        await pause();
        make();
      }
      discard();
      expect([existsSync(left), existsSync(tar)]).toEqual([false, false]);
      expect(look()).toEqual(before);
    });

    test("gets no file made by root that looks who holds the lock", () => {
      mkdirSync(join(site, ".hostout"));
      const held = join(site, ".hostout", `held.${token}`);
      writeFileSync(held, "1\ta test\n");
      give(site);
      // Between two looks of root the owner puts a link there.
      const bin = join(root, "bin");
      const late = `#!/bin/sh\nmv ${held} ${held}.was; ln -s ${theirs}/made ${held}\nPATH=$OLD_PATH exec flock "$@"\n`;
      mkdirSync(bin);
      writeFileSync(join(bin, "flock"), late, { mode: 0o755 });
      const before = look();
      const { PATH } = process.env;
      const env = { ...process.env, PATH: `${bin}:${PATH}`, OLD_PATH: PATH };
      expect(run(shell, stateScript, [site], {}, env)).toMatchObject({ status: 0, stdout: "none\nend\n" });
      expect(lstatSync(held).isSymbolicLink()).toBe(true);
      expect(look()).toEqual(before);
    });
  });

  test("a folder that anybody may write to leads root nowhere, and one of root there does", () => {
    const shared = join(root, "shared");
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    mkdirSync(join(shared, "roots"));
    mkdirSync(join(shared, "hers"));
    chownSync(join(shared, "hers"), owner, owner);
    const status = (path: string) => run(["sh"], giveScript, [join(shared, path), "nobody", "root"]).status;
    expect(["new", "hers", "hers/site", "roots/site"].map(status)).toEqual([81, 81, 81, 0]);
    expect(readdirSync(shared).sort()).toEqual(["hers", "roots"]);
    expect(lstatSync(join(shared, "roots/site")).uid).toBe(owner);
  });

  test("root, as the owner of a site, does nothing where another account may change a folder of it", () => {
    expect(run(["sh"], prepareScript, [site]).status).toBe(0);
    for (const folder of ["", ".hostout", ".hostout/packages", "releases"]) {
      chownSync(join(site, folder), owner, owner);
      const held = run(["sh"], holdScript, [site, token, "a test", "1"]);
      expect([folder, held.status, held.stderr]).toEqual([folder, 81, `${join(site, folder)}\tnobody\n`]);
      chownSync(join(site, folder), 0, 0);
    }
    expect(run(["sh"], holdScript, [site, token, "a test", "1"]).status).toBe(0);
  });

  test("root does nothing itself where others may lead it elsewhere: the account does that owns what is there", () => {
    const folders = ["roots/deep", "roots/team", "mixed/hers", "open/deep"];
    for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
    for (const file of ["roots/file", "home/site/file"]) writeFileSync(join(root, file), "");
    give(join(root, "home"), join(root, "mixed/hers"), join(root, "roots/file"));
    chmodSync(join(root, "open"), 0o777);
    chmodSync(join(root, "roots/team"), 0o775);
    symlinkSync(site, join(root, "roots/link"));
    const owners = (login: string, ...paths: readonly string[]) =>
      paths.map((path) => {
        const { status, stdout } = run(["sh"], ownerScript, [join(root, path), login]);
        return status === 0 ? stdout : status;
      });
    const [roots, hers, refused] = [Array(3).fill("root"), Array(4).fill("nobody"), Array(6).fill(81)];
    expect(owners("root", "roots/deep", "roots/file", "roots/new")).toEqual(roots);
    expect(owners("root", "home/site", "home/site/new", "home/site/file", "roots/link")).toEqual(hers);
    // Root's, but others may write to it, or to a folder in it.
    const shared = ["open", "open/new", "open/deep", "roots/team", "roots", "mixed"];
    expect(owners("root", ...shared)).toEqual(refused);
    // Whoever becomes root there may do all that root may.
    mkdirSync(join(site, "roots"));
    expect(owners("nobody", "home/site/roots", "home/site/file", "mixed")).toEqual(roots);
    expect(owners("nobody", "home/site")).toEqual(["nobody"]);
    const asOwner = ["setpriv", `--reuid=${owner}`, "--clear-groups", "sh"];
    expect(run(asOwner, ownerScript, [site, "root"])).toMatchObject({ status: 0, stdout: "" });
  });
});
