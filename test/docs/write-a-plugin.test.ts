import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pluginFiles } from "create-hostout-plugin";
import { type Packed, packAll } from "../bed/packed.ts";
import { type Registry, startRegistry } from "../bed/registry.ts";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";
import { fencesOf, runLine, walkGuide } from "../bed/walk-guide.ts";

const guide = "how-to/write-a-plugin.md";

let packed: Packed;
let registry: Registry;
let bed: ThrowAway;
beforeAll(async () => {
  packed = packAll();
  registry = await startRegistry(packed.folder);
  bed = await startThrowAway({ npm_config_registry: registry.url });
});
afterAll(async () => {
  await bed?.stop();
  await registry?.close();
  packed?.remove();
});

test("how-to/write-a-plugin.md can be walked as a new user would, from nothing to a plugin that is used", async () => {
  const count = await walkGuide({
    guide,
    folder: bed.folder,
    run: (line, cwd) => runLine(line, { cwd, env: bed.environment }),
    adapt: (text) =>
      text
        .replaceAll("user = deploy", `user = ${bed.user}`)
        .replaceAll("/srv/my-site", `${bed.home}/my-site`),
  });
  expect(count).toBeGreaterThan(12);
});

test("the plugin that is shown there is the one that is created", () => {
  const text = readFileSync(join(dirname(dirname(import.meta.dirname)), "docs", guide), "utf8");
  const shown = fencesOf(text).find(({ name }) => name.endsWith("src/index.ts"))?.body;
  expect(shown).toBe(pluginFiles({ name: "hostout-maintenance", version: "0.1.0" })["src/index.ts"]);
});
