import { constants } from "node:os";
import type { Exit } from "@hostout/kit";

const numbers = constants.signals as Readonly<Record<string, number | undefined>>;

/** Signals that end a process without a handler. Nobody can know the meaning of other exit codes above 128. */
const ending = ["HUP", "INT", "QUIT", "ILL", "ABRT", "BUS", "FPE", "KILL", "SEGV", "PIPE", "ALRM", "TERM"];

/** Returns the exit of a process that a signal ended, `TERM` or `SIGTERM`. Its exit code is the one that a shell reports. */
export function endedBy(signal: string): Exit & { readonly code: number } {
  const name = signal.replace(/^SIG/, "");
  return { code: 128 + (numbers[`SIG${name}`] ?? 0), signal: name === "" ? "a signal" : name };
}

/**
 * Returns the signal behind an exit code. A shell reports signals of its commands by the exit code alone, and ssh those
 * of a shell too.
 */
export function signalOf(code: number): string | undefined {
  return ending.find((name) => numbers[`SIG${name}`] === code - 128);
}

/** Formats an exit code for people: `3`, `143 (killed by TERM)`. */
export function statusText({
  code,
  signal = signalOf(code),
}: {
  readonly code: number;
  readonly signal?: string | undefined;
}): string {
  return signal === undefined ? String(code) : `${code} (killed by ${signal})`;
}
