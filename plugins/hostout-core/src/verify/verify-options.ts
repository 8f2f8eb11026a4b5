import { option } from "@hostout/kit";
import { readCheck } from "./check-kinds.ts";
import { verifyExample } from "./parse-verify.ts";

/** The options of the command verify. */
export const verifyOptions = {
  verify: option.checked(
    option.lines({
      summary:
        "health checks of a new release, one a line: URL [STATUS] [TEXT], or a command line that succeeds in current. The host itself requests a loopback URL",
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
