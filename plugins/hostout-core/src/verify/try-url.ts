import { type Attempt, type Connection, isHostoutError } from "@hostout/kit";
import { askUrl } from "./ask-url.ts";
import type { UrlCheck } from "./check.ts";

const shownCharacters = 200;

/**
 * Requests a URL once.
 *
 * @throws HostoutError for errors that another attempt cannot fix: `refused`, `unreachable`, …
 */
export async function tryUrl(
  { status, text }: UrlCheck,
  url: URL,
  machine: Connection,
  signal: AbortSignal,
  limitMs: number,
): Promise<Attempt> {
  const late = AbortSignal.timeout(limitMs);
  try {
    return await askUrl(url, machine, AbortSignal.any([signal, late]), async (answer) => {
      const isExpected = answer.status >= status.from && answer.status <= status.to;
      // A body may never end, so it is read only if the result depends on it.
      if (isExpected && text === undefined) return { held: true, said: `${answer.status}` };
      if (!isExpected) {
        if (answer.location !== undefined)
          return {
            held: false,
            found: `it answered ${answer.status} with Location: ${oneLine(answer.location)}`,
            hint: "A redirect is not followed: verify what it leads to, or expect its status, as '301'.",
          };
        // The status is the failure, even if the body cannot be read.
        const body = await answer.body().catch((error: unknown) => {
          if (signal.aborted) throw error;
          return "";
        });
        return {
          held: false,
          found: `it answered ${answer.status}${shown(body)}`,
          hint: hintOf(answer.status),
        };
      }
      const body = await answer.body();
      if (body.includes(text ?? "")) return { held: true, said: `${answer.status}` };
      return { held: false, found: `it answered ${answer.status} without that${shown(body)}` };
    });
  } catch (error) {
    if (signal.aborted) throw error;
    if (late.aborted) return { held: false, found: `there was no answer within ${limitMs / 1000} s` };
    if (!isHostoutError(error)) return { held: false, ...faultOf(error as NodeJS.ErrnoException) };
    if (error.code !== "failed") throw error;
    const prefix = `${machine.name}: `;
    const found = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
    return { held: false, found, hint: error.hint };
  }
}

/**
 * Returns a hint for a status that more time does not change: a missing or forbidden page. A site that is still
 * starting answers 502 to 504.
 */
function hintOf(status: number): string | undefined {
  if (status === 401 || status === 403) return "Expect that status, or verify a URL that anybody may read.";
  if (status >= 400 && status < 500) return "Is the URL of the line right?";
  return status === 500 ? "The log of the site has the reason." : undefined;
}

/** Returns a text on one line, without control characters that a terminal would obey. */
const oneLine = (text: string) => text.replace(/[\s\p{Cc}]+/gu, " ").trim();

/** Returns the start of a body on one line, without control characters that a terminal would obey. */
function shown(body: string): string {
  const line = oneLine(body);
  if (line === "") return "";
  return `: '${line.length > shownCharacters ? `${line.slice(0, shownCharacters)}…` : line}'`;
}

const trustHint =
  "NODE_EXTRA_CA_CERTS may name a file with the certificate of your own authority; or ask by a command on the host: curl -fk URL";

function faultOf({ code = "", message }: NodeJS.ErrnoException): {
  readonly found: string;
  readonly hint?: string;
} {
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
    return { found: `its certificate is not trusted: ${message}`, hint: trustHint };
  }
  if (/^(EPROTO|ERR_SSL)/.test(code)) return { found: "the port does not speak TLS" };
  if (code.startsWith("HPE_")) return { found: "the port does not speak HTTP" };
  if (/^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/.test(code))
    return { found: "the connection closed before the end of the answer" };
  return { found: `it failed: ${message}` };
}
