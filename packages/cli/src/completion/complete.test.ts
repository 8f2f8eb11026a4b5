import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runProgram } from "../../../../test/bed/run-program.ts";
import { complete } from "./complete.ts";
import type { CompletionFacts } from "./completion-facts.ts";

const facts: CompletionFacts = {
  sections: ["buildout", "first", "second", "db"],
  sites: {
    first: { deploy: ["--force"], stage: [], run: [] },
    second: { deploy: [], stage: [], run: [] },
    db: { backup: ["--keep"], run: [] },
    broken: {},
  },
  groups: { web: ["first", "second"], both: ["web", "db"] },
  all: ["first", "second"],
};

const of = (line: string) => complete(line.split(" "), facts);

test("sites, groups and topics come first", () => {
  expect(of("")).toEqual(expect.arrayContaining(["first", "web", "all", "config", "plugins"]));
  expect(of("fi")).toEqual(["first"]);
});

test("then the commands of exactly those sites", () => {
  expect(of("db b")).toEqual(["broken", "both", "backup"]);
  expect(of("first st")).toEqual(["stage"]);
  expect(of("db first de")).toEqual([]);
  expect(of("web st")).toEqual(["stage"]);
  expect(of("both r")).toEqual(["run"]);
  expect(of("all de")).toEqual(["deploy"]);
  expect(of("'d*' b".replaceAll("'", ""))).toEqual(["broken", "both", "backup"]);
  expect(of("!db de")).toEqual(["deploy"]);
  expect(of("broken ru")).toEqual([]);
});

test("after a command further commands, no sites", () => {
  expect(of("first stage ")).toEqual(["deploy", "stage", "run"]);
  expect(of("first explain ")).toEqual(["deploy", "stage", "run"]);
});

test("flags are those of hostout and of the command; their values are no words", () => {
  expect(of("first deploy --fo")).toEqual(["--force"]);
  expect(of("db backup --k")).toEqual(["--keep"]);
  expect(of("first --jo")).toEqual(["--jobs"]);
  expect(of("--jobs 3 fi")).toEqual(["first"]);
  expect(of("-c x.cfg first de")).toEqual(["deploy"]);
});

test("topics have their own words", () => {
  expect(of("config l")).toEqual(["lint"]);
  expect(of("config sec")).toEqual(["second"]);
  expect(of("plugins ")).toEqual(["add", "create"]);
  expect(of("completion ")).toEqual(["bash", "zsh", "fish"]);
  expect(complete(["co"], undefined)).toEqual(["config", "completion"]);
});

test("what was found is kept, until a file that it came from is another", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hostout-complete-"));
  const config = join(folder, "hostout.cfg");
  const ask = async () => {
    const bin = join(dirname(dirname(import.meta.dirname)), "bin", "hostout.js");
    const env = { XDG_CACHE_HOME: join(folder, "cache"), HOSTOUT_CONFIG: config };
    return (await runProgram(process.execPath, [bin, "--complete", "--", "s"], { env })).stdout;
  };
  try {
    writeFileSync(config, "[shop]\nhost = a\n");
    expect(await ask()).toBe("shop\nsites\n");
    const [kept = ""] = readdirSync(join(folder, "cache", "hostout")).filter((name) => name !== "compiled");
    expect(kept).toMatch(/^completion-[0-9a-f]{32}\.json$/);
    expect(await ask()).toBe("shop\nsites\n");
    writeFileSync(config, "[shop]\nhost = a\n[stall]\nhost = b\ntasks = ./gone.ts\n");
    expect(await ask()).toBe("shop\nstall\nsites\n");
    writeFileSync(join(folder, "cache", "hostout", kept), "{ broken");
    expect(await ask()).toBe("shop\nstall\nsites\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
