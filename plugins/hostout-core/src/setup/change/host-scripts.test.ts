import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { describeUnless, lacks } from "../../../../../test/bed/describe-with.ts";
import { parseFacts } from "../look/facts.ts";
import { factsScript } from "../look/facts-script.ts";
import { authorizeScript } from "./host-scripts.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH";

/** Folders of programs: those of this machine, and busybox alone, as on Alpine. */
const systems = ["coreutils", "busybox"] as const;

for (const system of systems) {
  describeUnless(
    system === "busybox" ? lacks("busybox", "true") : undefined,
    `scripts of setup with ${system}`,
    () => {
      let root: string;
      let home: string;
      let path: string;
      beforeEach(() => {
        root = mkdtempSync(join(tmpdir(), "hostout-setup-"));
        home = join(root, "home");
        mkdirSync(home, { mode: 0o755 });
        path = system === "busybox" ? join(root, "bin") : "/usr/bin:/bin";
        if (system === "coreutils") return;
        mkdirSync(path);
        const busybox = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
        for (const name of execFileSync(busybox, ["--list"], { encoding: "utf8" }).trim().split("\n"))
          symlinkSync(busybox, join(path, name));
      });
      afterEach(() => rmSync(root, { recursive: true }));

      const run = (script: string, words: readonly string[], input = "") =>
        spawnSync(system === "busybox" ? join(path, "sh") : "/bin/sh", ["-c", script, "hostout", ...words], {
          env: { PATH: path, HOME: home },
          cwd: root,
          input,
          encoding: "utf8",
        });
      const keys = () => readFileSync(join(home, ".ssh/authorized_keys"), "utf8");

      test("a key is added once, behind a last line without its end, and nothing else is left", () => {
        mkdirSync(join(home, ".ssh"), { mode: 0o755 });
        writeFileSync(join(home, ".ssh/authorized_keys"), "# mine\nssh-rsa AAAA other", { mode: 0o644 });
        for (let times = 0; times < 3; times++)
          expect(run(authorizeScript, [key, "hostout shop"])).toMatchObject({ status: 0, stderr: "" });
        expect(keys()).toBe(`# mine\nssh-rsa AAAA other\n${key} hostout shop\n`);
        expect(readdirSync(join(home, ".ssh"))).toEqual(["authorized_keys"]);
        const modes = [".ssh", ".ssh/authorized_keys"].map((name) => statSync(join(home, name)).mode & 0o777);
        expect(modes).toEqual([0o700, 0o600]);
      });

      test("a key that is only in a comment, or with options, is told apart", () => {
        mkdirSync(join(home, ".ssh"), { mode: 0o700 });
        writeFileSync(join(home, ".ssh/authorized_keys"), `# ${key}\n`);
        run(authorizeScript, [key, "hostout shop"]);
        expect(keys()).toBe(`# ${key}\n${key} hostout shop\n`);
        writeFileSync(join(home, ".ssh/authorized_keys"), `from="10.0.0.1" ${key} me\n`);
        run(authorizeScript, [key, "hostout shop"]);
        expect(keys()).toBe(`from="10.0.0.1" ${key} me\n`);
      });

      test("a link in the place of the keys is refused, and not followed", () => {
        mkdirSync(join(home, ".ssh"), { mode: 0o700 });
        symlinkSync(join(root, "elsewhere"), join(home, ".ssh/authorized_keys"));
        const { status, stderr } = run(authorizeScript, [key, "hostout shop"]);
        expect([status, stderr]).toEqual([3, expect.stringMatching(/authorized_keys is a link/)]);
        expect(existsSync(join(root, "elsewhere"))).toBe(false);
      });

      test("facts are printed without a change, to their end", () => {
        const me = userInfo().username;
        const words = [
          me,
          key,
          "hostout-no-such-site",
          "sum",
          root,
          "no-such-group",
          "",
          me,
          "no-such-account",
        ];
        const { stdout, stderr } = run(factsScript, words, "text");
        const facts = parseFacts(stdout)!;
        expect(stderr).toBe("");
        expect([...facts.accounts.keys()]).toEqual([me]);
        expect(facts).toMatchObject({
          hasGroup: false,
          sudoers: { is: "none" },
          hasPath: true,
          hasRunCommands: false,
        });
      });
    },
  );
}
