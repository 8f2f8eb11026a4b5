import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { backendDriver } from "../packages/packaging/src/dev/backend-driver.ts";
import { buildoutMain, scriptMain } from "../packages/releases/src/site/buildout-python.ts";
import { eggsOfSdists } from "../plugins/hostout-core/src/release/make/eggs-of-sdists.ts";
import { describeUnless, lacks } from "./bed/describe-with.ts";

const root = dirname(import.meta.dirname);

/** The scripts for /bin/sh: each constant of a name that ends in `Script`. */
const shellScripts = globSync("{packages,plugins}/*/src/**/*.ts", { cwd: root })
  .toSorted()
  .filter((file) => !file.endsWith(".test.ts"))
  .flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/const (\w+Script)\b[^=]*=/g)].map(
      ([, name = ""]) => [name, file] as const,
    ),
  );

/** Findings of shellcheck that are meant. */
const meant: Readonly<Record<string, RegExp>> = {
  // Assignments of nothing, several in a line.
  SC1007: /\w+= \w+=|lost=$/,
  // `a && b || c` where c is also right if b fails.
  SC2015: /./,
  // Words of the input, one a line: split by IFS, without globbing.
  SC2086: /set -- \$given|kill -s "\$s" \$p/,
  SC2046: /set -- \$\(sed -n '\/\^\[bl\]:\/p'/,
  // The shell of `find -exec` expands them.
  SC2016: /find |xargs -0 sh -c/,
  // Numbers, or a whole that is compared: no names are read.
  SC2012: /\bls -l/,
  // The folders above get the rights of the umask.
  SC2174: /mkdir -p -m/,
  // A part of another script, which sets it.
  SC2154: /df -Pk "\$p"/,
};

describeUnless(lacks("shellcheck", "--version"), "scripts for the shell of a host", () => {
  test.each(shellScripts)("%s of %s pleases shellcheck", async (name, file) => {
    const text = (await import(join(root, file)))[name] as string;
    expect(typeof text).toBe("string");
    const words = ["--shell", "sh", "--format", "json", "-"];
    const { stdout } = spawnSync("shellcheck", words, { input: text, encoding: "utf8" });
    const found = JSON.parse(stdout) as { readonly line: number; readonly code: number; message: string }[];
    const lines = text.split("\n");
    const faults = found
      .map(({ line, code, message }) => ({ code: `SC${code}`, line: lines[line - 1] ?? "", message }))
      .filter(({ code, line }) => !meant[code]?.test(line));
    expect(faults).toEqual([]);
    // The built-in of bash repeats a name, where a link may be by then.
    expect(lines.filter((line) => /\[ "\$\(pwd|^b=\$\(pwd|&& b=\$\(pwd/.test(line))).toEqual([]);
  });

  test("there are some", () => expect(shellScripts.length).toBeGreaterThan(30));
});

describeUnless(lacks("pyflakes3", "--version"), "scripts in Python", () => {
  test.each(Object.entries({ backendDriver, buildoutMain, eggsOfSdists, scriptMain }))(
    "%s pleases pyflakes",
    (_name, text) => {
      const { stdout, stderr, status } = spawnSync("pyflakes3", [], { input: text, encoding: "utf8" });
      expect([status, stdout, stderr]).toEqual([0, "", ""]);
    },
  );
});
