import { definePlugin, type Site } from "@hostout/kit";
import { openListeners } from "./listeners.ts";

test("two task files with plugins of one name have each their own listener", async () => {
  const opened: string[] = [];
  const site = (name: string) => {
    const open = ({ sites }: { readonly sites: readonly Site[] }) => {
      opened.push(`${name} for ${sites.map((one) => one.name).join(" ")}`);
      return undefined;
    };
    const summary = "Tell what happens";
    const plugin = definePlugin({ name: "tasks", listeners: { chat: { summary, open } } });
    return { name, plugins: [plugin] } as unknown as Site;
  };
  const [first, second] = [site("first"), site("second")];
  const third = { ...first, name: "third" };
  await openListeners([first, second, third], () => undefined);
  expect(opened).toEqual(["first for first third", "second for second"]);
});
