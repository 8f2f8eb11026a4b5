import { isHostoutError } from "@hostout/kit";
import { destinationOf } from "../../verify/ask-url.ts";
import { urlFor } from "../../verify/check.ts";
import { parseVerify } from "../../verify/parse-verify.ts";
import { unlessAborted } from "../../verify/unless-aborted.ts";
import type { OnHost } from "../values/release-options.ts";

/** A firewall may let the host wait for minutes; the ssh server refuses at once. */
const longestMs = 5000;

/**
 * Checks that the host's ssh server forwards the ports of `verify`. Otherwise each deploy would stop the site, switch and
 * roll back. Resolves to the faults. A port where no server listens yet is no fault.
 */
export async function refusedForwards({ host, options, remote, signal }: OnHost): Promise<readonly string[]> {
  const places = (options.verify ?? []).flatMap((line) => {
    const check = parseVerify(line);
    return check.kind === "url" && check.from === "host" ? [destinationOf(urlFor(check, host))] : [];
  });
  const distinct = new Map(places.map((place) => [`${place.address} ${place.port}`, place]));
  const tried = [...distinct.values()].map(async ({ address, port }) => {
    const late = AbortSignal.timeout(longestMs);
    try {
      (await unlessAborted(late, remote.dial(address, port), (stream) => stream.destroy())).destroy();
      return [];
    } catch (error) {
      if (late.aborted && !signal.aborted) return [];
      if (!isHostoutError(error)) throw error;
      // What else there is shows when verify asks.
      if (error.code !== "refused") return [];
      return [`verify asks ${address}:${port} there: ${error.message}. ${error.hint ?? ""}`.trim()];
    }
  });
  return (await Promise.all(tried)).flat();
}
