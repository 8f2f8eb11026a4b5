import { execFileSync } from "node:child_process";
import { quote, quotePath, sh, shellText, userShell } from "./shell.ts";

const run = (line: string) => execFileSync("/bin/sh", ["-c", line]).toString();

const hostile = [
  "",
  " ",
  "a b",
  "it's",
  '"',
  "$(id)",
  "`id`",
  "\\",
  "\n",
  "*",
  "~",
  "!x",
  "-n",
  "a;b",
  "é\t",
  "'''",
  "$HOME",
];

test("words come out of a real shell as they went in", () => {
  for (const word of hostile) expect(run(`printf %s ${quote(word)}`)).toBe(word);
  const seed = Array.from({ length: 500 }, (_, index) =>
    String.fromCodePoint(...[1, 2, 3].map((n) => ((index * 7919 * n) % 126) + 1)),
  );
  expect(run(shellText(["printf", "%s\\001", ...seed]))).toBe(seed.map((word) => `${word}\u0001`).join(""));
});

test("the template quotes what is put in, and lists become several words", () => {
  expect(sh`ln -sfn ${"a b"} ${["c", "$d"]}`.text).toBe("ln -sfn 'a b' c '$d'");
});

test("a line of the user keeps its own meaning after cd", () => {
  expect(run(shellText(userShell("echo one; pwd"), { cwd: "/usr" }))).toBe("one\n/usr\n");
  expect(() => run(shellText(userShell("true"), { cwd: "/proc/nowhere" }))).toThrow();
});

test("a leading home is left to the shell, the rest of the path is quoted", () => {
  expect(quotePath("~zope/a b")).toBe("~zope'/a b'");
  expect(quotePath("~x; id")).toBe("'~x; id'");
});

test("a word with NUL and a bad name of a variable are refused", () => {
  expect(() => quote("a\0b")).toThrow(TypeError);
  expect(() => shellText(["true"], { env: { "a b": "x" } })).toThrow(TypeError);
});
