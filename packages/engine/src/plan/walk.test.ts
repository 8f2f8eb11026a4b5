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

test("sites whose steps differ in a default, a need or the retries are planned apart, though their plugins bear one name", () => {
  const ships = (loud: string, more: { readonly needs?: readonly "key"[]; readonly retries?: number } = {}) =>
    definePlugin({
      name: "tasks",
      options: {
        loud: option.boolean({ summary: "", default: loud }),
        key: option.string({ summary: "", optional: true }),
      },
      commands: { go: { summary: "Go", steps: [{ command: "ring", when: "loud" }], ...more } },
    });
  const groupsOf = (...plugins: readonly ReturnType<typeof ships>[]) =>
    makePlan({
      targets: plugins.map((own, index) => {
        const site = fakeSite({ name: `s${index}`, plugins: [plugin, own] });
        return { site, host: site.hosts[0]! };
      }),
      commands: [{ name: "go", invocation: { args: [] } }],
    }).groups.length;
  expect(groupsOf(ships("false"), ships("false"))).toBe(1);
  expect(groupsOf(ships("false"), ships("true"))).toBe(2);
  expect(groupsOf(ships("false"), ships("false", { needs: ["key"] }))).toBe(2);
  expect(groupsOf(ships("false"), ships("false", { retries: 2 }))).toBe(2);
});
