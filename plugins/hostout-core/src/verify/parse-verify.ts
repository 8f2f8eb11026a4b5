import { HostoutError, type Origin } from "@hostout/kit";
import { type Check, type StatusRange, type UrlCheck, urlFor } from "./check.ts";

/** An example line of `verify`, for hints. */
export const verifyExample = "http://127.0.0.1:8080/ 200 Welcome";

const success: StatusRange = { text: "2xx", from: 200, to: 299 };

/**
 * Reads one line of the option `verify`: `URL [STATUS] [TEXT]`, or else a shell line.
 *
 * @throws HostoutError `bad-option`
 */
export function parseVerify(text: string, origin?: Origin): Check {
  const line = text.trim();
  const [, url = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url) ?? [];
  if (scheme === undefined) return { kind: "command", line, origin };
  const refuse = (why: string, hint = `For example: verify = ${verifyExample}`) =>
    new HostoutError({ code: "bad-option", message: `'${line}': ${why}`, hint, origin });
  if (!/^https?$/i.test(scheme)) throw refuse(`'${url}' is no URL of http or https`);
  const [, first = "", after = ""] = /^(\S*)\s*(.*)$/s.exec(rest) ?? [];
  const status = parseStatus(first);
  if (status === "wrong") {
    const hint = `Write 200, 2xx or 200-399; text that begins with a number is quoted: "${rest}".`;
    throw refuse(`'${first}' is no status`, hint);
  }
  const body = unquote(status === undefined ? rest : after);
  if (body === undefined) throw refuse("a quote is not closed, or something follows it");
  const check: UrlCheck = {
    kind: "url",
    url,
    from: isLoopback(url) ? "host" : "here",
    status: status ?? success,
    text: body === "" ? undefined : body,
    origin,
  };
  const why = faultOf(check);
  if (why !== undefined) throw refuse(why);
  return check;
}

function parseStatus(word: string): StatusRange | "wrong" | undefined {
  if (!/^\d[\dx]*(-[\dx]*)?$/i.test(word)) return undefined;
  const [, one, classOf, from, to] = /^(?:([1-5]\d\d)|([1-5])xx|([1-5]\d\d)-([1-5]\d\d))$/i.exec(word) ?? [];
  if (one) return { text: word, from: Number(one), to: Number(one) };
  if (classOf) return { text: word, from: Number(classOf) * 100, to: Number(classOf) * 100 + 99 };
  if (from && to && Number(from) <= Number(to)) return { text: word, from: Number(from), to: Number(to) };
  return "wrong";
}

/** Removes the quotes around a text. Returns undefined if the closing quote is missing. */
function unquote(text: string): string | undefined {
  if (!/^["']/.test(text)) return text;
  return /^(["'])((?:(?!\1).)*)\1$/s.exec(text)?.[2];
}

/**
 * Checks whether a URL leads to the machine that requests it, in any spelling of loopback; 0.0.0.0 counts too.
 * `{host}` never does: other machines use that address for the host.
 */
function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const name = new URL(url).hostname.replace(/\.$/, "");
  return /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[\da-f]{2}:[\da-f]+\])$/.test(
    name,
  );
}

function faultOf(check: UrlCheck): string | undefined {
  try {
    const { username, password, port } = urlFor(check, { address: "web1" });
    // Notes, errors and the journal would show it.
    if (username !== "" || password !== "") return "a user and a password are not for a URL that is shown";
    return port === "0" ? "0 is no port" : undefined;
  } catch {
    return `'${check.url}' is no URL`;
  }
}
