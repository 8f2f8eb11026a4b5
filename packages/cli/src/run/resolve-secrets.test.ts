import type { Request } from "@hostout/engine";
import { definePlugin, type Site } from "@hostout/kit";
import { withSecrets } from "./resolve-secrets.ts";

test("a source of a plugin is asked for each site, and hostout's own once", async () => {
  let asked = 0;
  const origin = { file: "/x/hostout.cfg", line: 1 };
  const host = { name: "h", address: "h", port: undefined, user: undefined };
  const siteOf = (name: string): Site => ({
    ...{ name, origin, config: "/x/hostout.cfg", hosts: [host] },
    values: new Map([
      ["key", { text: "secret:vault:x", origin }],
      ["other", { text: "secret:env:TOKEN", origin }],
    ]),
    // Task files of two sites may bear one name.
    plugins: [
      definePlugin({
        name: "tasks",
        secrets: {
          vault: { summary: "", example: "", read: async ({ site }) => `${name} for ${site.name}` },
        },
      }),
    ],
  });
  const request: Request = {
    targets: ["a", "b"].map((name) => ({ site: siteOf(name), host })),
    commands: [],
  };
  const environment = {
    get TOKEN() {
      asked++;
      return "t";
    },
  };
  const { targets } = await withSecrets(request, { environment, signal: new AbortController().signal });
  expect(targets.map(({ site }) => site.values.get("key")?.text)).toEqual(["a for a", "b for b"]);
  expect(asked).toBe(1);
});
