import type { Request } from "@hostout/engine";
import { definePlugin, option, type Site } from "@hostout/kit";
import { checkRequest } from "./check-request.ts";

const plugin = definePlugin({
  name: "p",
  options: {
    restart: option.lines({ summary: "lines that restart", example: "supervisorctl restart x" }),
    keep: option.integer({ summary: "how many to keep", default: "3" }),
    restartHere: option.boolean({ summary: "restart here too", default: "false" }),
  },
  commands: {
    deploy: { summary: "", steps: ["push", { command: "restart", when: "restartHere" }] },
    push: { summary: "", args: { force: option.flag({ summary: "" }) }, run: async () => {} },
    restart: { summary: "", needs: ["restart"], run: async () => {} },
  },
});

function requestFor(command: string, args: readonly string[], ...sites: Record<string, string>[]): Request {
  const host = { name: "web1", address: "web1", port: undefined, user: undefined };
  const targets = sites.map((values, index) => {
    const origin = { file: "/x/buildout.cfg", line: 10 * (index + 1) };
    const site: Site = {
      name: `site${index + 1}`,
      origin,
      config: "/x/buildout.cfg",
      values: new Map(
        Object.entries({ host: "web1", ...values }).map(([key, text]) => [key, { text, origin }]),
      ),
      hosts: [host],
      plugins: [plugin],
    };
    return { site, host };
  });
  return { targets, commands: [{ name: command, invocation: { args } }] };
}

test("what is wrong with any selected site is told at once, each with its place", () => {
  expect(() => checkRequest(requestFor("push", [], { keep: "many" }, { keep: "few" }))).toThrow(
    /2 things are wrong:\n.*\[site1\] keep: 'many'.*\(\/x\/buildout.cfg:10\)[\s\S]*\[site2\] keep: 'few'.*:20\)/,
  );
});

test("a command is refused without the options that it needs, as a step too, but for one that is skipped", () => {
  expect(() => checkRequest(requestFor("restart", [], {}))).toThrow("[site1] has no option 'restart'");
  expect(() => checkRequest(requestFor("deploy", [], { "restart-here": "yes" }))).toThrow(
    "no option 'restart'",
  );
  for (const value of ["no", "false"])
    expect(checkRequest(requestFor("deploy", [], { "restart-here": value })).plan.groups).toHaveLength(1);
  expect(checkRequest(requestFor("deploy", [], {})).warnings).toEqual([]);
});

test("a command of hooks alone is refused without the options that it needs", () => {
  const hooked = definePlugin({
    name: "hooked",
    options: { notify: option.string({ summary: "an address", example: "a@example.org" }) },
    commands: { push: { overrides: true, needs: ["notify"], after: ["restart"] } },
  });
  const { commands, targets } = requestFor("push", [], { restart: "true" });
  const sites = targets.map(({ site, host }) => ({ site: { ...site, plugins: [plugin, hooked] }, host }));
  expect(() => checkRequest({ commands, targets: sites })).toThrow("[site1] has no option 'notify'");
});

test("an argument that a command does not take is refused before any host is touched", () => {
  expect(() => checkRequest(requestFor("push", ["x"], {}))).toThrow("push does not take 'x'");
});

test("an option that is nearly one of a plugin is warned of, and the run goes on", () => {
  const { warnings } = checkRequest(requestFor("push", [], { kep: "3" }));
  expect(warnings.map(({ hint }) => hint)).toEqual(["Did you mean 'keep'?"]);
});

test("an option that collective.hostout read is no slip of the pen for another one", () => {
  const { warnings } = checkRequest(requestFor("push", [], { hostname: "web1" }));
  expect(warnings.map(({ message, hint }) => [message, hint])).toEqual([
    [
      "[site1] 'hostname' was read by collective.hostout; no plugin of the site reads it",
      "Name the host: host = web1.example.com",
    ],
  ]);
});
