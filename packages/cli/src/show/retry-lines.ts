import { type Emit, type Event, HostoutError, isHostoutError, quote } from "@hostout/kit";

/** Completes the command lines in hints: `hostout shop unlock` gets what the user typed before the site. */
export interface RetryLines {
  readonly error: (error: unknown) => unknown;
  readonly emit: (emit: Emit) => Emit;
}

/** Makes hints name the assignments of the command line, and its `-c` (`config`). */
export function retryLines(
  sites: readonly string[],
  { config, assignments }: { readonly config: string | undefined; readonly assignments: readonly string[] },
): RetryLines {
  const words = [...(config === undefined ? [] : ["-c", config]), ...assignments].map(quote).join(" ");
  const names = sites.map((site) => site.replaceAll(/[^\w]/g, "\\$&")).join("|");
  const line = new RegExp(`\\bhostout (?=(?:--?[\\w-]+ )*(?:${names})[ :])`, "g");
  const text = (hint: string) => (words === "" ? hint : hint.replaceAll(line, () => `hostout ${words} `));
  const within = <T extends { readonly error?: { readonly hint?: string | undefined } | undefined }>(
    one: T,
  ): T =>
    one.error?.hint === undefined ? one : { ...one, error: { ...one.error, hint: text(one.error.hint) } };
  const event = (one: Event): Event => {
    if (one.type === "task.end") return within(one);
    if (one.type === "run.end") return { ...one, targets: one.targets.map(within) };
    if (one.type === "output" && one.severity === "warning") return { ...one, line: text(one.line) };
    return one;
  };
  return {
    error: (error) => {
      if (!isHostoutError(error) || error.hint === undefined) return error;
      return new HostoutError({ ...error, message: error.message, hint: text(error.hint), cause: error });
    },
    emit: (emit) => (one) => emit(event(one)),
  };
}
