import { option } from "@hostout/kit";
import { readCheck } from "./check-kinds.ts";
import { verifyExample } from "./parse-verify.ts";

/** The options of the command verify. */
export const verifyOptions = {
  verify: option.checked(
    option.lines({
      summary:
        "what must hold before a release counts as deployed, one a line: URL [STATUS] [TEXT] (a loopback URL is asked from the host), or a command line that succeeds in current",
      example: verifyExample,
      optional: true,
    }),
    // Throws for a wrong line before hostout contacts any host.
    (lines = [], site) => {
      for (const line of lines) readCheck({ plugins: site?.plugins ?? [] }, line);
      return undefined;
    },
  ),
  verifyTimeout: option.duration({
    summary: "how long each line of verify is tried until it holds",
    default: "30s",
  }),
};
