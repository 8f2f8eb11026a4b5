import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { type Attempt, type CheckContext, definePlugin, option } from "@hostout/kit";

/** A plugin from outside that adds a transport, a kind of check, a listener, a source of secrets and a command that uses them. */
export const plugin = definePlugin({
  name: "extension",
  options: { token: option.secret({ summary: "the token of the site" }) },
  transports: {
    shell: {
      summary: "a shell of this machine",
      connect: async ({ host, environment }) => ({
        name: host.name,
        user: process.env.USER ?? "root",
        start: async (line) => {
          const child = spawn("/bin/sh", ["-c", line], { env: { ...environment, VIA: "extension" } });
          const { stdin, stdout, stderr } = child;
          const exited = once(child, "exit").then(([code]) => ({ code }));
          return { stdin, stdout, stderr, exited, kill: () => void child.kill() };
        },
        interact: async () => 0,
        dial: () => Promise.reject(new Error("a shell dials nothing")),
        close: async () => {},
        isOpen: () => true,
      }),
    },
  },
  checks: {
    file: {
      summary: "file PATH: the file exists",
      example: "file bin/app",
      parse: (line) => {
        const path = /^file (.+)$/.exec(line)?.[1];
        if (path === undefined) return undefined;
        const found = (held: boolean): Attempt => (held ? { held, said: "exists" } : { held, found: "none" });
        const attempt = async ({ remote }: CheckContext) => found(await remote.test(["test", "-f", path]));
        return { name: () => path, expected: "a file", attempt };
      },
    },
  },
  listeners: {
    types: {
      summary: "the types of all events, in a file",
      open: ({ sites: [site] }) => ({
        event: ({ type }) => appendFileSync(`${site?.config}.types`, `${type}\n`),
      }),
    },
  },
  secrets: { up: { summary: "word", example: "x", read: async ({ reference }) => reference.toUpperCase() } },
  commands: {
    tell: {
      summary: "Tell a host the token",
      run: async ({ remote, options: { token } }) => {
        await remote.run(["sh", "-c", 'cat >token; echo "by $VIA with $(cat token)"'], { input: token });
      },
    },
  },
});
