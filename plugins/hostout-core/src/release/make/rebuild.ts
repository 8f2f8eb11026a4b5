import type { Next, Outcome } from "@hostout/kit";
import { cell } from "@hostout/kit";
import type { OnHost } from "../values/release-options.ts";

const key = cell<true>("hostout-core/rebuild");

/** Has the steps of a deploy make a new release where `--rebuild` is given. */
export async function maybeRebuild(
  { args, shared }: OnHost<{ readonly rebuild: boolean }>,
  next: Next,
): Promise<Outcome> {
  if (args.rebuild) shared.set(key, true);
  return next();
}

/** Whether a release is to be made anew, though the host has one of the same package. */
export function isRebuild({ shared }: Pick<OnHost, "shared">): boolean {
  return shared.has(key);
}
