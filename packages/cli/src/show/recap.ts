import type { ErrorReport, Event, TargetReport } from "@hostout/kit";
import { type Label, someOf } from "./labels.ts";
import type { Style } from "./style.ts";
import type { Warnings } from "./warnings.ts";

type RunEnd = Extract<Event, { type: "run.end" }>;

interface About {
  readonly labels: Label;
  readonly warnings: Warnings;
  /** The number of warnings printed elsewhere. */
  readonly warned: number;
  /** Checks whether the host needed no change. */
  readonly isUnchanged: (target: TargetReport) => boolean;
  /** Returns the steps done on the host. */
  readonly doneOn: (target: TargetReport) => readonly string[];
  /** Checks whether the live release of the host was known at some time in the run. */
  readonly wasLiveKnown: (target: TargetReport) => boolean;
  /** Checks whether a table already shows the result of the host. */
  readonly isInTable: (target: TargetReport) => boolean;
  /** Returns the final note of the run's only command on the host. */
  readonly noteOf: (target: TargetReport) => string | undefined;
  readonly verbose: boolean;
  readonly style: Style;
}

/**
 * Returns the last lines of a run: repeated warnings, the result of each host with its live release, failures
 * with a hint, and the totals.
 */
export function recap({ targets, durationMs }: RunEnd, about: About): string {
  const { labels, warnings, warned, isInTable, style } = about;
  const lines = warnings.repeated().map(({ text, labels: places }) => {
    return `${style.dim(`[${someOf(places)}]`)} ${style.yellow("warning:")} ${text}`;
  });
  for (const target of targets) {
    if (target.status === "ok" && isInTable(target) && warnings.count(labels(target)) === 0) continue;
    const label = labels(target);
    const text = target.status === "ok" ? okText(target, about) : failureText(target, about);
    lines.push(`${style.dim(`[${label}]`)} ${text}`);
  }
  const words = targets.map(wordOf);
  const counts = ["ok", "failed", ...Object.values(unreachableWords), "interrupted", "not run"]
    .map((word) => [word, words.filter((one) => one === word).length] as const)
    .filter(([word, count]) => count > 0 || word === "ok")
    .map(([word, count]) => `${count} ${word}`);
  const all = countText(warnings.count() + warned);
  return `\n${lines.map((line) => `${line}\n`).join("")}${counts.join(", ")}${all} in ${seconds(durationMs)}\n`;
}

/** The words for the ways a host was not reached. A host that answers and refuses the login is up. */
const unreachableWords = {
  unreachable: "unreachable",
  "login-refused": "login refused",
  "host-key": "not trusted",
  "connection-lost": "connection lost",
} as const;

/** Returns the status of a host: `interrupted` in place of `not-run` if the run ended amid the work of that host. */
export function statusOf({ status, error }: TargetReport): string {
  const isAmid = error?.code === "interrupted" && /^interrupted (?:in|after) /.test(error.message);
  return status === "not-run" && isAmid ? "interrupted" : status;
}

function wordOf(target: TargetReport): string {
  const { status, error } = target;
  if (status !== "unreachable") return statusOf(target).replace("-", " ");
  return unreachableWords[(error?.code ?? status) as keyof typeof unreachableWords] ?? status;
}

function okText(target: TargetReport, about: About): string {
  const { labels, warnings, isUnchanged, noteOf, verbose, style } = about;
  const told = target.note ?? noteOf(target);
  const note = noteText(told, verbose);
  const unchanged = isUnchanged(target) ? ", unchanged" : "";
  const live = liveText(target.live, told ?? "");
  const count = countText(warnings.count(labels(target)));
  return `${style.green("ok")}${unchanged}${count}${note}${live && `${note ? "," : ":"} ${live}`}`;
}

function failureText(target: TargetReport, about: About): string {
  const { doneOn, labels, warnings, wasLiveKnown, style } = about;
  const count = countText(warnings.count(labels(target)));
  const isInterrupted = statusOf(target) === "interrupted";
  const why = errorText(target.error).replace(isInterrupted ? /^: interrupted / : /^: /, ": ");
  const isLost = isInterrupted && target.live === undefined && wasLiveKnown(target);
  const live = isLost
    ? `live release: not known; 'hostout ${target.site} status' prints it`
    : liveText(target.live, target.error?.message ?? "");
  const steps = target.status === "not-run" ? doneOn(target).join(", ") : "";
  return `${style.red(wordOf(target))}${count}${why}${steps && `\n    done before: ${steps}`}${live && `\n    ${live}`}`;
}

/** Returns the live release, unless the text names it already. */
function liveText(live: string | null | undefined, told: string): string {
  if (live === undefined || (live !== null && told.includes(live))) return "";
  return `live release: ${live === null ? "none" : live}`;
}

function errorText(error: ErrorReport | undefined): string {
  if (!error) return "";
  const { message, origin, hint } = error;
  // An unforeseen error belongs to the plugin that threw it.
  const from =
    error.code === "internal" && error.plugin !== undefined
      ? [`in '${error.command?.at(-1)}' of ${error.plugin}, which has a fault`]
      : [];
  const text = [message, ...from, ...(origin ? [`at ${origin}`] : []), ...(hint ? [`try: ${hint}`] : [])];
  return `: ${text.join("\n").split("\n").join("\n    ")}`;
}

/** Returns `, 2 warnings`, or an empty text. */
function countText(count: number): string {
  return count === 0 ? "" : `, ${count} ${count === 1 ? "warning" : "warnings"}`;
}

/** Returns the note of a success. A long note needs --verbose. */
export function noteText(note: string | undefined, verbose: boolean): string {
  return note && (verbose || note.length < 80) ? `: ${note.replaceAll("\n", "\n    ")}` : "";
}

/** Formats a duration in milliseconds as seconds. */
export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
