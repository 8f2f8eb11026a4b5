import { constants } from "node:os";
import type { Exit } from "@hostout/kit";

const numbers = constants.signals as Readonly<Record<string, number | undefined>>;

/** Signals that end what does not expect them; of other statuses above 128 nobody can say what they mean. */
const ending = ["HUP", "INT", "QUIT", "ILL", "ABRT", "BUS", "FPE", "KILL", "SEGV", "PIPE", "ALRM", "TERM"];

/** How a process ended that a signal ended, `TERM` or `SIGTERM`; its status is the one that a shell gives it. */
export function endedBy(signal: string): Exit & { readonly code: number } {
  const name = signal.replace(/^SIG/, "");
  return { code: 128 + (numbers[`SIG${name}`] ?? 0), signal: name === "" ? "a signal" : name };
}

/** The signal that a status says, as a shell gives it: it tells of its commands by the status alone, and ssh of a shell too. */
export function signalOf(code: number): string | undefined {
  return ending.find((name) => numbers[`SIG${name}`] === code - 128);
}

/** A status as people read it: `3`, `143 (killed by TERM)`. */
export function statusText({
  code,
  signal = signalOf(code),
}: {
  readonly code: number;
  readonly signal?: string | undefined;
}): string {
  return signal === undefined ? String(code) : `${code} (killed by ${signal})`;
}
