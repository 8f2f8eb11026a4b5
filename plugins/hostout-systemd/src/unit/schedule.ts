import { commandWords } from "./command-words.ts";
import { namedLine } from "./named-line.ts";
import { described, jobUnit, unitFile } from "./service-unit.ts";
import type { Unit, UnitSettings } from "./unit.ts";

/** A command and its times. */
export interface Job {
  readonly name: string;
  /** As systemd.time(7) has it: `daily`, `Mon..Fri 02:30`, `*-*-1 04:00 UTC`. */
  readonly times: string;
  readonly command: string;
}

const word = /^(?:minutely|hourly|daily|weekly|monthly|quarterly|semiannually|yearly|annually)$/i;
const day = "(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*";

/** The parts of a calendar expression, in their order. */
const parts: readonly RegExp[] = [
  new RegExp(`^${day}(?:(?:\\.\\.|,|-)${day})*,?$`, "i"),
  /^[\d*][\d*,./~]*[-~][\d*,./~-]+$/,
  /^[\d*][\d*,./]*:[\d*,./:]+$/,
  /^(?:UTC|[A-Z][A-Za-z_]+\/[A-Z][A-Za-z_/+-]+)$/,
];

/**
 * Reads a line of `schedule`: the times, then the command, with an optional `NAME = ` before both.
 *
 * @throws Error with the fault
 */
export function jobOf(line: string, site: string): Job {
  const { name, text } = namedLine(line);
  const words = text.split(/\s+/);
  const count = word.test(words[0] ?? "") ? 1 : countParts(words);
  if (count === 0) throw new Error(`'${line}' does not begin with times such as daily or Mon..Fri 02:30`);
  const times = words.slice(0, count).join(" ");
  const command = text.replace(new RegExp(`^(?:\\S+\\s+){${count - 1}}\\S+\\s*`), "");
  if (command === "") throw new Error(`'${line}' has times, but no command`);
  const [program] = commandWords(command);
  const own = program.replace(/^.*\//, "").replace(/\.\w+$/, "");
  return { name: name ?? `${site}-${own.replaceAll(/[^\w.-]/g, "-")}`, times, command };
}

function countParts(words: readonly string[]): number {
  let count = 0;
  for (const part of parts) if (part.test(words[count] ?? "")) count++;
  return count;
}

/** Makes the units of a job: its timer, and the service that the timer starts. */
export function jobUnits({ name, times, command }: Job, settings: UnitSettings): readonly Unit[] {
  const timer = unitFile(settings, {
    Unit: described(name, settings),
    // A time that the host slept through is made up for.
    Timer: [
      ["OnCalendar", times],
      ["Persistent", "yes"],
    ],
    Install: [["WantedBy", "timers.target"]],
  });
  return [jobUnit({ name, command }, settings), { name: `${name}.timer`, text: timer }];
}
