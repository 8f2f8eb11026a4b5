import { isHostoutError } from "@hostout/kit";
import { destinationOf } from "../verify/ask-url.ts";
import { urlFor } from "../verify/check.ts";
import { parseVerify } from "../verify/parse-verify.ts";
import type { OnHost } from "./release-options.ts";

/**
 * Tries whether the host's ssh server lets `verify` through to the ports that it asks there: else each deploy would stop the site, switch and
 * go back. Resolves to what was refused, as faults; that nothing listens yet is none.
 */
export async function refusedForwards({ host, options, remote }: OnHost): Promise<readonly string[]> {
  const places = (options.verify ?? []).flatMap((line) => {
    const check = parseVerify(line);
    return check.kind === "url" && check.from === "host" ? [destinationOf(urlFor(check, host))] : [];
  });
  const distinct = new Map(places.map((place) => [`${place.address} ${place.port}`, place]));
  const tried = [...distinct.values()].map(async ({ address, port }) => {
    try {
      (await remote.dial(address, port)).destroy();
      return [];
    } catch (error) {
      if (!isHostoutError(error)) throw error;
      // What else there is shows when verify asks.
      if (error.code !== "refused") return [];
      return [`verify asks ${address}:${port} there: ${error.message}. ${error.hint ?? ""}`.trim()];
    }
  });
  return (await Promise.all(tried)).flat();
}
