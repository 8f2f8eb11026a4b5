import { describeUnless } from "../bed/describe-with.ts";
import { type SweepBed, startSweepBed, whyNoSweep } from "./sweep-bed.ts";

describeUnless(whyNoSweep(), "a host gets few commands, and most of them in one session", () => {
  let bed: SweepBed;
  beforeAll(async () => {
    bed = await startSweepBed();
    await bed.addSites({
      fleet: "",
      files: `path = ${bed.path}-files\ninclude = bin\nkeep = 2\ncommands-as = effective\n`,
    });
  });
  afterAll(() => bed?.stop());

  const deploy = ["deployed", "deploy"];
  // Whoever adds a command that every deploy waits for changes its number here. A script that finds the shared shell
  // busy opens a session of its own, so their number varies.
  test.each([
    ["the first deploy", "A", deploy, { commands: 16, sessions: 10 }],
    ["a deploy of a change", "B", deploy, { commands: 16, sessions: 10 }],
    ["a deploy without a change", "B", deploy, { commands: 2, sessions: 1 }],
    ["a rollback", "B", ["deployed", "rollback"], { commands: 9, sessions: 7 }],
    ["status", "B", ["deployed", "status"], { commands: 5, sessions: 4 }],
    ["the first deploy of files alone", "A", ["files", "deploy"], { commands: 8, sessions: 3 }],
    ["a deploy of a change in them", "B", ["files", "deploy"], { commands: 7, sessions: 3 }],
    ["one with something to clean up", "C", ["files", "deploy"], { commands: 8, sessions: 3 }],
    ["a deploy of them without a change", "C", ["files", "deploy"], { commands: 2, sessions: 1 }],
    ["a command of the user", "B", ["deployed", "run", "true"], { commands: 1, sessions: 1 }],
    ["the same for a site without a path", "B", ["fleet", "run", "true"], { commands: 1, sessions: 1 }],
  ])("%s", async (_what, label, words, most) => {
    const { code, stdout } = await bed.client(label, words);
    const commands = bed.commands();
    const sessions = commands.filter((line) => line.startsWith("exec env HOSTOUT_LINE="));
    process.stderr.write(`${words.join(" ")}: ${commands.length} commands in ${sessions.length} sessions\n`);
    expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
    expect([commands.length, sessions.length <= most.sessions]).toEqual([most.commands, true]);
  });
});
