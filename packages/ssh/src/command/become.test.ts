import { PassThrough } from "node:stream";
import type { Process, Transport } from "@hostout/kit";
import { startAs } from "./become.ts";

/** A host that reports the end of a command before the last of its error output, as sshd may. */
function lateHost(said: (line: string) => string): Transport {
  const start = async (line: string): Promise<Process> => {
    const stderr = new PassThrough();
    setTimeout(() => stderr.end(said(line)), 20);
    const stdin = new PassThrough();
    return { stdin, stdout: new PassThrough(), stderr, exited: Promise.resolve({ code: 1 }), kill: () => {} };
  };
  return { name: "web1", user: "root", start } as unknown as Transport;
}

const sudo = { password: undefined, needsPassword: false };

test("a command whose end is told before its output is none that was refused", async () => {
  const host = lateHost((line) => `${/echo ([0-9a-f]{24})/.exec(line)?.[1]}\nof the command\n`);
  const { stderr, exited } = await startAs(host, { user: "zope", line: "true" }, sudo);
  expect(await exited).toEqual({ code: 1 });
  expect((await stderr.toArray()).join("")).toBe("of the command\n");
});

test("why it was refused is told, though it comes after the end", async () => {
  const host = lateHost(() => "su: user nobody-there does not exist\n");
  await expect(startAs(host, { user: "nobody-there", line: "true" }, sudo)).rejects.toMatchObject({
    code: "sudo-refused",
    message: expect.stringContaining("does not exist"),
  });
});

test.each([
  [
    (line: string) => `Sorry, user ann is not allowed to execute '${line}' as zope on web1.\n`,
    "ann cannot become zope on web1: Sorry, user ann is not allowed to execute /bin/sh as zope on web1.",
    "Let ann run /bin/sh by sudo there, or log in as root (option user).",
  ],
  [
    () => "sudo: sorry, you must have a tty to run sudo\n",
    "ann cannot become zope on web1: sudo: sorry, you must have a tty to run sudo",
    "Let ann use sudo without a terminal there, in its sudoers: Defaults:ann !requiretty",
  ],
  [
    () => "sudo: unknown user zope\n",
    "ann cannot become zope on web1: sudo: unknown user zope",
    "Does the host have an account 'zope'? See effective-user and buildout-user.",
  ],
])("what sudo says of a refusal is told, but not the command (%#)", async (said, message, hint) => {
  // Like sudo, without quotes.
  const host = lateHost((line) => said(line.replace(/^.*-- /s, "").replaceAll("'", "")));
  const refused = startAs({ ...host, user: "ann" }, { user: "zope", line: "true" }, { ...sudo });
  await expect(refused).rejects.toMatchObject({ code: "sudo-refused", message, hint });
});

test("a host whose key is not the known one gets no password for sudo, as it gets none to log in", async () => {
  const lines: string[] = [];
  const host = lateHost((line) => {
    lines.push(line);
    return "sudo: a password is required\n";
  });
  const password = () => Promise.reject(new Error("asked"));
  const refused = startAs(
    { ...host, user: "ann", isDistrusted: true },
    { user: "zope", line: "true" },
    { password, needsPassword: false },
  );
  await expect(refused).rejects.toMatchObject({
    code: "sudo-refused",
    message: expect.stringContaining("a host whose key is not the known one gets none"),
  });
  expect(lines).toHaveLength(1);
});
