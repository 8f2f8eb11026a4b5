import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeUnless, lacks } from "../../../../test/bed/describe-with.ts";
import { manifest } from "./release-scripts.ts";

const names = [
  "plain",
  "two words",
  "-n",
  "*",
  "a\\b",
  "a\nb",
  "a\rb",
  "ü",
  "\xff",
  "[x]",
  "\\",
  "back\\folder/in",
  "sub/in",
];

describe.each(["dash", "bash --posix", "busybox sh"])("the manifest of a release", (shell) => {
  const [program = "", ...words] = shell.split(" ");
  const why = lacks("openssl", "version") ?? lacks(program, ...words, "-c", "true");
  describeUnless(why, `in ${shell}`, () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "hostout-manifest-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    /** Prints the manifest where `openssl` does as the script says. */
    const manifestWith = (openssl?: string) => {
      const bin = join(folder, "bin");
      mkdirSync(bin, { recursive: true });
      if (openssl !== undefined) {
        writeFileSync(join(bin, "openssl"), `#!/bin/sh\n${openssl}\n`);
        chmodSync(join(bin, "openssl"), 0o755);
      }
      const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
      const { stdout, stderr, status } = spawnSync(program, [...words, "-c", manifest], {
        cwd: join(folder, "release"),
        env,
        encoding: "latin1",
      });
      rmSync(bin, { recursive: true });
      return { stdout, stderr, status };
    };

    test("has the same lines whichever program makes the sums", () => {
      for (const name of names) {
        const path = join(folder, "release", name);
        mkdirSync(join(path, ".."), { recursive: true });
        writeFileSync(path, `content of ${name}`);
      }
      writeFileSync(join(folder, "release", "left-out.pyc"), "");
      symlinkSync("plain", join(folder, "release", "link"));
      const bySha256sum = manifestWith("exit 127");
      expect(bySha256sum.stdout.split("\n").length).toBe(names.length + 1);
      const sum = createHash("sha256").update("content of two words").digest("hex");
      expect(bySha256sum.stdout).toContain(`${sum}  ./two words\n`);
      expect(manifestWith()).toEqual(bySha256sum);
      // A program of that name that is another one, or that lacks its library.
      expect(manifestWith("echo nothing; exit 0")).toEqual(bySha256sum);
    });

    test("is empty for a release without files", () => {
      mkdirSync(join(folder, "release"));
      expect(manifestWith()).toEqual({ stdout: "", stderr: "", status: 0 });
      expect(manifestWith("exit 127")).toEqual({ stdout: "", stderr: "", status: 0 });
    });
  });
});
