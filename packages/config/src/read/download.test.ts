import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "./read-config.ts";

let folder: string;
let server: Server;
let address: string;
let served: Record<string, string>;
let requests: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hostout-download-"));
  mkdirSync(join(folder, "cache"));
  served = { "/base.cfg": "[s]\na = 1\n" };
  requests = [];
  server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.authorization ?? ""}`.trim());
    const text = served[request.url ?? ""];
    if (text === undefined) response.writeHead(404).end();
    else response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function textOf(
  buildout: string,
  assignments: readonly string[] = [],
  environment = {},
): Promise<string> {
  writeFileSync(join(folder, "buildout.cfg"), `[buildout]\n${buildout}\n`);
  const config = await readConfig("buildout.cfg", { folder, assignments, environment });
  return config.section("s").options.get("a")!.text;
}

test("a set that is published is one line of extends, and what it extends goes on from its address", async () => {
  served["/sets/edu.cfg"] = "[buildout]\nextends = more/base.cfg ../base.cfg\n[s]\nb = 2\n";
  served["/sets/more/base.cfg"] = "[s]\na = 0\n";
  expect(await textOf(`extends = ${address}/sets/edu.cfg`)).toBe("1");
  expect(requests).toEqual(["/sets/edu.cfg", "/sets/more/base.cfg", "/base.cfg"]);
});

test("a pin that fits is read, one that differs refused, from the cache too", async () => {
  const pin = sha256(served["/base.cfg"]!);
  const pinned = `extends-cache = cache\nextends = ${address}/base.cfg#sha256=${pin}`;
  expect(await textOf(pinned)).toBe("1");
  served["/base.cfg"] = "[s]\na = evil\n";
  // The copy matches the pin, so hostout fetches nothing.
  expect(await textOf(pinned)).toBe("1");
  expect(requests).toHaveLength(1);
  const [copy = ""] = readdirSync(join(folder, "cache"));
  writeFileSync(join(folder, "cache", copy), "[s]\na = evil\n");
  await expect(textOf(pinned)).rejects.toMatchObject({ kind: "hash-mismatch" });
  await expect(textOf(`extends = ${address}/base.cfg#sha256=12`)).rejects.toMatchObject({
    kind: "hash-mismatch",
    hint: "A hash has 64 hexadecimal digits: sha256sum FILE",
  });
});

test("the copy in the cache is named as buildout names it, and serves when the address does not", async () => {
  const url = `${address}/base.cfg`;
  const cached = `extends-cache = cache\nextends = ${url}`;
  expect(await textOf(cached)).toBe("1");
  const copy = join(folder, "cache", createHash("md5").update(url).digest("hex"));
  expect(readFileSync(copy, "utf8")).toBe("[s]\na = 1\n");
  expect(readdirSync(join(folder, "cache"))).toHaveLength(1);
  delete served["/base.cfg"];
  expect(await textOf(cached)).toBe("1");
  writeFileSync(join(folder, "buildout.cfg"), `[buildout]\n${cached}\n`);
  const { notes } = await readConfig("buildout.cfg", { folder, environment: {} });
  expect(notes.map(({ message }) => message)).toEqual([
    `${url} cannot be read (HTTP 404 Not Found); its copy in extends-cache is used`,
  ]);
});

test("newest = false takes the copy, offline = true never fetches", async () => {
  const cached = `extends-cache = cache\nextends = ${address}/base.cfg`;
  await expect(textOf(cached, ["buildout:offline=true"])).rejects.toMatchObject({ kind: "offline" });
  await textOf(cached);
  served["/base.cfg"] = "[s]\na = 2\n";
  expect(await textOf(`newest = false\n${cached}`)).toBe("1");
  expect(await textOf(cached, ["buildout:offline=true"])).toBe("1");
  expect(await textOf(cached)).toBe("2");
});

test("what governs downloads is no matter of extended files, but of the user's defaults", async () => {
  writeFileSync(join(folder, "base.cfg"), "[buildout]\noffline = true\n");
  expect(await textOf(`extends = base.cfg ${address}/base.cfg`)).toBe("1");
  mkdirSync(join(folder, ".buildout"));
  writeFileSync(join(folder, ".buildout", "default.cfg"), "[buildout]\noffline = true\n");
  await expect(textOf(`extends = ${address}/base.cfg`, [], { HOME: folder })).rejects.toMatchObject({
    kind: "offline",
    message: expect.stringContaining("default.cfg:2"),
  });
});

test("a password in an address is sent, and never told", async () => {
  const url = address.replace("//", "//user:s3cret@");
  expect(await textOf(`extends = ${url}/base.cfg`)).toBe("1");
  expect(requests).toEqual([`/base.cfg Basic ${Buffer.from("user:s3cret").toString("base64")}`]);
  const fault: Error = await textOf(`extends = ${url}/gone.cfg`).catch((error) => error);
  expect(fault.message).toContain("***@127.0.0.1");
  expect([fault.message, JSON.stringify(fault)].join()).not.toContain("s3cret");
});

test("user defaults lie below the file, and may be left out", async () => {
  mkdirSync(join(folder, "home"));
  writeFileSync(join(folder, "home", "default.cfg"), "[buildout]\nextends = more.cfg\n[s]\na = user\n");
  writeFileSync(join(folder, "home", "more.cfg"), "[s]\na = more\nb = more\n");
  writeFileSync(join(folder, "buildout.cfg"), "[s]\na += project\n");
  const environment = { BUILDOUT_HOME: join(folder, "home") };
  const withDefaults = await readConfig("buildout.cfg", { folder, environment });
  expect(withDefaults.section("s").options.get("a")?.text).toBe("user\nproject");
  expect(withDefaults.section("s").options.get("b")?.text).toBe("more");
  const without = await readConfig("buildout.cfg", { folder, environment, userDefaults: false });
  expect(without.section("s").options.get("a")?.text).toBe("project");
});

test("only http, https and files are read: nothing is executed", async () => {
  for (const name of ["ftp://host/x.cfg", "javascript://x", "data://text/plain,x", "git+ssh://host/x"])
    await expect(textOf(`extends = ${name}`)).rejects.toMatchObject({ kind: "download-error" });
  for (const name of ["$(touch,x)", "`id`", "|id", ";id"])
    await expect(textOf(`extends = ${name}`)).rejects.toMatchObject({ kind: "missing-file" });
});
