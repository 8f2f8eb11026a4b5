import { commandValue, type HostContext } from "@hostout/kit";
import { madeCell } from "../store/site-store.ts";

/** The part of the value of hostout-core's `buildout` that other plugins may read. */
const builtValue = commandValue<{ readonly release: string }>("hostout-core", "buildout");

/** Returns the release that this run made: by a build on the host, or by a push. */
export function madeRelease({
  resultOf,
  shared,
}: Pick<HostContext, "resultOf" | "shared">): string | undefined {
  return resultOf(builtValue)?.release ?? shared.get(madeCell);
}
