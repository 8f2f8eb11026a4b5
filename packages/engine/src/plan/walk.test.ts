import { definePlugin, option, type Site } from "@hostout/kit";
import { fakeSite } from "@hostout/testing";
import { makePlan } from "./plan.ts";
import { type WalkSettings, walk } from "./walk.ts";

const nothing = async () => {};
const plugin = definePlugin({
  name: "p",
  options: { loud: option.boolean({ summary: "whether it makes a noise", default: "false" }) },
  commands: {
    ring: { summary: "Ring", run: nothing },
    pack: { summary: "Pack", runOnce: nothing },
    tidy: { summary: "Tidy", run: nothing },
    ship: {
      summary: "Ship",
      before: ["tidy"],
      onFailure: ["tidy"],
      steps: ["pack", { command: "ring", when: "loud" }, { steps: ["ring"], rolling: true, undo: ["pack"] }],
    },
  },
});

const visits = (site: Site, settings?: WalkSettings) => {
  const [group] = makePlan({
    targets: [{ site, host: site.hosts[0]! }],
    commands: [{ name: "ship", invocation: { args: [] } }],
  }).groups;
  return [...walk(group!.commands, settings)]
    .map((visit) => (visit.list ? "[list]" : `${visit.command.name}:${visit.layer.form}`))
    .join(" ");
};

test("a walk comes to every list and layer in the order of a run, what follows a failure last", () => {
  const site = fakeSite({ plugins: [plugin] });
  expect(visits(site)).toBe(
    "ship:hooks tidy:run ship:steps pack:runOnce ring:run [list] ring:run pack:runOnce tidy:run",
  );
  expect(visits(site, { roles: ["step"] })).toBe(
    "ship:hooks ship:steps pack:runOnce ring:run [list] ring:run",
  );
  expect(visits(site, { site, enters: ({ form }) => form === "steps" })).toBe(
    "ship:hooks ship:steps pack:runOnce [list] ring:run pack:runOnce tidy:run",
  );
});

test("two plugins of one name keep their own commands, and what consists of the same steps is one group", () => {
  const tasks = () =>
    definePlugin({ name: "tasks", commands: { hello: { summary: "Greet", run: nothing } } });
  const hooks = () => definePlugin({ name: "hooks", commands: { ring: { after: ["tidy"] } } });
  const groupsOf = (sites: readonly Site[], name: string) =>
    makePlan({
      targets: sites.map((site) => ({ site, host: site.hosts[0]! })),
      commands: [{ name, invocation: { args: [] } }],
    }).groups.length;
  const other = () =>
    definePlugin({ name: "tasks", commands: { hello: { summary: "Greet", run: async () => {} } } });
  const sites = [tasks(), other()].map((own, index) =>
    fakeSite({ name: `s${index}`, plugins: [plugin, hooks(), own] }),
  );
  expect([groupsOf(sites, "hello"), groupsOf(sites, "ring")]).toEqual([2, 1]);
});
