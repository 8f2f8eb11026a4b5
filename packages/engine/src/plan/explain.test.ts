import { definePlugin, option, type Site } from "@hostout/kit";
import { explainPlan } from "./explain.ts";
import { makePlan } from "./plan.ts";

const origin = { file: "/p/buildout.cfg", line: 7 };

const plugin = definePlugin({
  name: "p",
  options: { localRestart: option.boolean({ summary: "", default: "false", aliases: ["again"] }) },
  commands: {
    restart: { summary: "", run: async () => undefined },
    stage: { summary: "", steps: [{ command: "restart", when: "localRestart" }] },
  },
});

function explain(values: Readonly<Record<string, string>>) {
  const site: Site = {
    name: "x",
    origin: { ...origin, line: 1 },
    config: origin.file,
    values: new Map(Object.entries(values).map(([key, text]) => [key, { text, origin }])),
    hosts: [],
    plugins: [plugin],
  };
  const host = { name: "a", address: "a", port: undefined, user: undefined };
  const commands = [{ name: "stage", invocation: { args: [] } }];
  return explainPlan(makePlan({ targets: [{ site, host }], commands }))[0]!.commands[0]!.layers[0]!.steps;
}

test.each([
  [{}, false],
  [{ "local-restart": "yes" }, true],
  [{ again: "on" }, true],
])("a step says whether its option is true: %j", (values, isTrue) => {
  expect(explain(values)).toMatchObject([{ when: { option: "local-restart", isTrue } }]);
});

test("an option of a step that is neither true nor false is told with its place", () => {
  expect(() => explain({ "local-restart": "perhaps" })).toThrow(
    expect.objectContaining({
      code: "bad-option",
      message: "[x] local-restart: 'perhaps' is neither true nor false",
      origin,
    }),
  );
});
