import { readFileSync } from "node:fs";
import type { Row } from "./table.ts";

// The tables of decision 13 from rows of fleet.ts --json: node test/bench/markdown.ts <ROWS. One table a work.
// A cell is: seconds to those of the reference / CPU to that of the reference (CPU seconds of the client + of the hosts).

const rows = readFileSync(0, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

for (const group of Map.groupBy(rows, ({ work }) => work.split(" ")[0]).values()) print(group);

function print(group: readonly Row[]): void {
  const works = [...new Set(group.map(({ work }) => work))];
  // The second is the reference of a work.
  const reference = group[1]!.who;
  const find = (who: string, name: string) => group.find((row) => row.who === who && row.work === name)!;
  const line = (first: string, cells: readonly string[]) =>
    process.stdout.write(`| ${[first, ...cells].join(" | ")} |\n`);
  line(
    "",
    works.map((name) => name.replace(/^(W\d) deploy, /, "$1 ")),
  );
  process.stdout.write(`|${"---|".repeat(works.length + 1)}\n`);
  line(
    `${reference}, seconds`,
    works.map((name) => find(reference, name).seconds.toFixed(1)),
  );
  for (const who of new Set(group.map((row) => row.who)))
    line(
      who,
      works.map((name) => cellOf(find(who, name))),
    );
  process.stdout.write("\n");
}

function cellOf({ ratio, cpuRatio, clientCpuSeconds, hostsCpuSeconds }: Row): string {
  const cpu = [clientCpuSeconds, hostsCpuSeconds].map((one) => one?.toFixed(2).replace(/^0/, "") ?? "?");
  return `${ratio.toFixed(1)} / ${cpuRatio?.toFixed(1) ?? "?"} (${cpu.join(" + ")})`;
}
