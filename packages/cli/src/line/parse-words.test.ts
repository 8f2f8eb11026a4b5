import { commandWords, definePlugin, option } from "@hostout/kit";
import { parseWords } from "./parse-words.ts";

const { commands } = definePlugin({
  name: "p",
  commands: {
    update: {
      summary: "",
      args: {
        branch: option.string({ summary: "branch", optional: true }),
        keepOld: option.flag({ summary: "keep" }),
        depth: option.flagOf(option.integer({ summary: "depth", optional: true })),
      },
      run: async () => {},
    },
    buildout: {
      summary: "",
      args: { keepOld: option.flag({ summary: "keep" }) },
      rest: { name: "argument", summary: "", takes: "flags" },
      run: async () => {},
    },
  },
});
const parse = (name: string, ...words: string[]) =>
  parseWords({ name, takes: commandWords([{ command: commands[name]! }]), words }, "first-site");

test("arguments and flags of a command are read by what it declares", async () => {
  expect(await parse("update", "mybranch", "--keep-old", "--depth", "3")).toEqual({
    args: ["mybranch"],
    flags: { keepOld: true, depth: "3" },
  });
  expect(await parse("update")).toEqual({ args: [], flags: {} });
});

test("a word after -- is an argument, whatever it looks like", async () => {
  expect((await parse("update", "--", "-x")).args).toEqual(["-x"]);
});

test("a command that takes flags gets those that it does not declare as they are", async () => {
  expect(await parse("buildout", "-c", "x.cfg", "--keep-old", "--newest", "--", "--keep-old")).toEqual({
    args: ["-c", "x.cfg", "--newest", "--keep-old"],
    flags: { keepOld: true },
  });
});

test("a word too many and an unknown flag are refused with the usage", async () => {
  const usage = "Usage: hostout first-site update [BRANCH] [--keep-old] [--depth VALUE]";
  await expect(parse("update", "a", "b")).rejects.toMatchObject({
    message: "update: Unexpected argument: b",
    hint: usage,
    exitCode: 2,
  });
  await expect(parse("update", "--force")).rejects.toMatchObject({
    message: "'update' has no flag '--force'",
    hint: usage,
  });
});
