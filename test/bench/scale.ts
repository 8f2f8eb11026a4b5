import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startScaleBed } from "./scale-bed.ts";

// CPU seconds and memory of hostout itself by the number of hosts, each with its share. The hosts are names of one sshd on the
// loopback, so wall seconds are mostly those of the hosts. Judges nothing.
//
// node test/bench/scale.ts [COUNTS] [WORK]: `node test/bench/scale.ts 10,100,1000 '^deploy$'`

const counts = (process.argv[2] ?? "10,100,1000").split(",").map(Number);
/** Only works whose names match this. */
const wanted = new RegExp(process.argv[3] ?? "");
const bed = await startScaleBed(Math.max(...counts));
const used = join(bed.folder, "used.json");
const hook = join(bed.folder, "hook.mjs");
writeFileSync(
  hook,
  `import { writeFileSync } from "node:fs";
process.on("exit", () => writeFileSync(${JSON.stringify(used)}, JSON.stringify(process.resourceUsage())));`,
);

interface Work {
  readonly name: string;
  readonly words: readonly string[];
  /** Whether the output goes to a terminal, where the board is. */
  readonly board?: boolean;
  /** Before each measurement. */
  readonly before?: () => void;
}

const quiet = ["-q"];
const works: readonly Work[] = [
  { name: "no-op", words: [...quiet, "s", "run", "true"] },
  { name: "no-op, lines", words: ["s", "run", "true"] },
  { name: "no-op, board", words: ["s", "run", "true"], board: true },
  { name: "no-op, openssh", words: [...quiet, "o", "run", "true"] },
  { name: "20 commands", words: [...quiet, "s", "twenty"] },
  { name: "20 commands, board", words: ["s", "twenty"], board: true },
  { name: "no-op, a section each", words: [...quiet, "n", "run", "true"] },
  { name: "deploy", words: [...quiet, "d", "deploy", "--batch", "10%"], before: bed.emptyHomes },
  { name: "deploy, board", words: ["d", "deploy", "--batch", "10%"], before: bed.emptyHomes, board: true },
  { name: "status", words: [...quiet, "d", "status"] },
];

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

function measure({ words, board, before }: Work, count: number) {
  before?.();
  const line = [process.execPath, "--import", hook, bed.bin, "-c", `${count}.cfg`, ...words];
  const started = performance.now();
  const { status, stdout, stderr } = board
    ? spawnSync(
        "script",
        ["-qec", `stty rows 50 cols 120; ${line.map(quote).join(" ")}`, "/dev/null"],
        bed.options,
      )
    : spawnSync(line[0]!, line.slice(1), bed.options);
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0)
    throw new Error(`${line.join(" ")} ended with ${status}: ${String(stdout).slice(-2000)}${stderr}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(used, "utf8"));
  return { seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1024 };
}

process.stdout.write(
  `${"work".padEnd(24)} ${"hosts".padStart(5)} ${"wall s".padStart(8)} ${"CPU s".padStart(8)} ${"ms/host".padStart(8)} ${"MB".padStart(6)} ${"KB/host".padStart(8)}\n`,
);
try {
  for (const work of works.filter(({ name }) => wanted.test(name))) {
    const none = measure({ ...work, before: () => {} }, 1);
    for (const count of counts) {
      const { seconds, cpu, megabytes } = measure(work, count);
      const each = (all: number, one: number) => ((all - one) / count).toFixed(1).padStart(8);
      process.stdout.write(
        `${work.name.padEnd(24)} ${String(count).padStart(5)} ${seconds.toFixed(1).padStart(8)} ${cpu.toFixed(2).padStart(8)} ${each(cpu * 1000, none.cpu * 1000)} ${megabytes.toFixed(0).padStart(6)} ${each(megabytes * 1024, none.megabytes * 1024)}\n`,
      );
    }
  }
} finally {
  await bed.stop();
  rmSync(bed.folder, { recursive: true, force: true });
}
