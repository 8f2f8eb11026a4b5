import { type OptionDeclaration, option } from "@hostout/kit";
import { parseVerify, verifyExample } from "./parse-verify.ts";

const lines = option.lines({
  summary:
    "what must hold before a release counts as deployed, one a line: URL [STATUS] [TEXT] (a loopback URL is asked from the host), or a command line that succeeds in current",
  example: verifyExample,
  optional: true,
});

/** Options of the command verify. */
export const verifyOptions = {
  verify: {
    ...lines,
    // A line that is wrong is told before any host is touched.
    parse: (text) => {
      const found = lines.parse(text);
      for (const line of found ?? []) parseVerify(line);
      return found;
    },
  } satisfies OptionDeclaration<readonly string[] | undefined>,
  verifyTimeout: option.duration({
    summary: "how long each line of verify is tried until it holds",
    default: "30s",
  }),
};
