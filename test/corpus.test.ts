import { execFile } from "node:child_process";
import { dirname, join } from "node:path";

// Real configurations belong to other people and stay where they are: HOSTOUT_CORPUS names a folder with a program `check`
// that runs a command on each and says at its end how many of how many match.
const corpus = process.env.HOSTOUT_CORPUS!;
const bin = join(dirname(import.meta.dirname), "bin", "hostout");

test("real configurations are read as zc.buildout reads them", async () => {
  const output = await new Promise<string>((resolve) => {
    execFile(
      join(corpus, "check"),
      ["--jobs", "2", bin, "config", "--json", "-c"],
      (_error, stdout, stderr) => resolve(stdout + stderr),
    );
  });
  expect(output).toMatch(/^([1-9]\d*) of \1 match$/m);
}, 300_000);
