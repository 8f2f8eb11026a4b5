import { readOptions } from "@hostout/kit";
import { fakeSite } from "@hostout/testing";
import { type UrlCheck, urlFor, withAddress } from "./check.ts";
import { parseVerify } from "./parse-verify.ts";
import { verifyOptions } from "./verify-options.ts";

const origin = { file: "/p/hostout.cfg", line: 7 };
const url = (line: string) => parseVerify(line, origin) as UrlCheck;

test("a URL answers 2xx, unless a status is given", () => {
  expect(url("http://web1/")).toEqual({
    kind: "url",
    url: "http://web1/",
    from: "here",
    status: { text: "2xx", from: 200, to: 299 },
    text: undefined,
    origin,
  });
  expect(url("http://web1/ 200").status).toEqual({ text: "200", from: 200, to: 200 });
  expect(url("http://web1/ 3xx").status).toEqual({ text: "3xx", from: 300, to: 399 });
  expect(url("HTTPS://web1/ 200-399").status).toEqual({ text: "200-399", from: 200, to: 399 });
});

test("what follows is text that the body holds, with quotes or without", () => {
  expect(url("http://web1/ Welcome to Plone").text).toBe("Welcome to Plone");
  expect(url("http://web1/ 200  it's  here").text).toBe("it's  here");
  expect(url(`http://web1/ 200 "200 items"`).text).toBe("200 items");
  expect(url("http://web1/ '200 items'")).toMatchObject({ text: "200 items", status: { text: "2xx" } });
});

test.each([
  "http://localhost:8080/",
  "http://127.0.0.1",
  "http://127.0.1.1:80/",
  "https://[::1]:8443/x",
  "http://localhost?x",
  "http://localhost./",
  "http://app.localhost:8080/",
  "http://127.1:8080/",
  "http://0x7f.0.0.1/",
  "http://[0:0:0:0:0:0:0:1]:8080/",
  "http://[::ffff:127.0.0.1]/",
  "http://0.0.0.0:8080/",
  "http://[::]:8080/",
])("%s is asked from the host", (line) => {
  expect(url(line).from).toBe("host");
});

test.each([
  "http://{host}/",
  "http://localhost.example.com/",
  "http://127.0.0.1.example.com/",
  "http://[::2]/",
  "http://127.example.com/",
  "http://10.0.0.0/",
])("%s is asked from here", (line) => {
  expect(url(line).from).toBe("here");
});

test("{host} in a command line is the host's address; a shell's own variable stays", () => {
  const line = "curl -f http://{host}:8080/ && test {host} != ${host}";
  expect(withAddress(line, { address: "::1" })).toBe("curl -f http://[::1]:8080/ && test ::1 != ${host}");
});

test("{host} is the host's address", () => {
  const href = (line: string, address: string) => urlFor(url(line), { address }).href;
  expect(href("http://{host}:8080/?for={host}", "web1")).toBe("http://web1:8080/?for=web1");
  expect(href("https://{host}/", "2001:db8::1")).toBe("https://[2001:db8::1]/");
});

test.each([
  "test -e var/ready",
  "bin/smoke http://web1/",
  "curl -fsS http://localhost/",
  "URL=x://y bin/smoke",
])("%s is a line for the shell", (line) => {
  expect(parseVerify(` ${line} `, origin)).toEqual({ kind: "command", line, origin });
});

test.each([
  ["http://web1/ 20x", "'http://web1/ 20x': '20x' is no status"],
  ["http://web1/ 999", "'http://web1/ 999': '999' is no status"],
  ["http://web1/ 399-200", "'http://web1/ 399-200': '399-200' is no status"],
  ["http://web1/ 20 items", "'http://web1/ 20 items': '20' is no status"],
  ["http://web1/ 'open", "'http://web1/ 'open': a quote is not closed, or something follows it"],
  [`http://web1/ "a" b`, `'http://web1/ "a" b': a quote is not closed, or something follows it`],
  ["http://web1:99999/", "'http://web1:99999/': 'http://web1:99999/' is no URL"],
  ["http://", "'http://': 'http://' is no URL"],
  ["htp://web1/ 200", "'htp://web1/ 200': 'htp://web1/' is no URL of http or https"],
  ["ftp://web1/", "'ftp://web1/': 'ftp://web1/' is no URL of http or https"],
  [
    "http://me:secret@web1/",
    "'http://me:secret@web1/': a user and a password are not for a URL that is shown",
  ],
])("%s is refused", (line, message) => {
  expect(() => parseVerify(line, origin)).toThrow(
    expect.objectContaining({
      code: "bad-option",
      message,
      origin,
      hint: expect.stringMatching(/example|Write/),
    }),
  );
});

test("a wrong line is told with the place of the option, before any host is touched", () => {
  const site = fakeSite({ plugins: [], options: { verify: "http://127.0.0.1/\nhttp://127.0.0.1/ 2x0" } });
  expect(() => readOptions(site, verifyOptions).verify).toThrow(
    expect.objectContaining({
      code: "bad-option",
      message: "[site] verify: 'http://127.0.0.1/ 2x0': '2x0' is no status",
      origin: { file: "/project/hostout.cfg", line: 3 },
      hint: 'Write 200, 2xx or 200-399; text that begins with a number is quoted: "2x0".',
    }),
  );
});
