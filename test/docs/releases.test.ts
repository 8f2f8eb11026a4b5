import { readFileSync, symlinkSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";
import { fencesOf, runLine, walkGuide } from "../bed/walk-guide.ts";

const root = dirname(dirname(import.meta.dirname));

let bed: ThrowAway;
let server: Server;
beforeAll(async () => {
  bed = await startThrowAway();
  server = createServer((_request, response) => {
    try {
      response.end(readFileSync(join(bed.home, "shop", "current", "htdocs", "index.html")));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server?.close();
  await bed?.stop();
});

test.each([
  ["how-to/deploy-releases.md", 30],
  ["reference/host-layout.md", 4],
  ["how-to/deploy-from-ci.md", 3],
])("%s can be walked from nothing", async (guide, lines) => {
  const { port } = server.address() as AddressInfo;
  const env = { ...bed.environment, PATH: `${join(root, "bin")}:${process.env.PATH}`, HOME: bed.home };
  const count = await walkGuide({
    guide,
    folder: bed.folder,
    adapt: (text) =>
      text
        .replaceAll("user = deploy", `user = ${bed.user}`)
        .replaceAll("/srv/shop", `${bed.home}/shop`)
        .replaceAll("127.0.0.1:8080", `127.0.0.1:${port}`),
    run: async (line, cwd) => {
      const { output, status } = await runLine(line, { cwd, env });
      const asWritten = output
        .replaceAll(`${bed.home}/shop`, "/srv/shop")
        .replaceAll(`127.0.0.1:${port}`, "127.0.0.1:8080");
      return { output: asWritten, status };
    },
  });
  expect(count).toBeGreaterThanOrEqual(lines);
  await rm(bed.folder, { recursive: true });
  await rm(join(bed.home, "shop"), { recursive: true });
  await mkdir(bed.folder);
});

test("the plugin in the README of @hostout/releases serves what was served before", async () => {
  const readme = readFileSync(join(root, "packages", "releases", "README.md"), "utf8");
  const site = `[shop]\nhost = web1.example.com\nuser = ${bed.user}\npath = ${bed.home}/shop\n`;
  const page = join(bed.home, "shop", "current", "htdocs", "index.html");
  symlinkSync(join(root, "node_modules"), join(bed.folder, "node_modules"));
  await bed.write({
    "hostout.cfg": `${site}include = htdocs\ncommands-as = effective\ntasks = ./undo.ts\n`,
    "undo.ts": fencesOf(readme).find(({ kind }) => kind === "ts")!.body,
  });
  for (const text of ["one", "two"]) {
    await bed.write({ "htdocs/index.html": text });
    expect((await bed.hostout("shop", "deploy")).code).toBe(0);
    expect(readFileSync(page, "utf8")).toBe(text);
  }
  expect((await bed.hostout("shop", "undo")).code).toBe(0);
  expect(readFileSync(page, "utf8")).toBe("one");
});
