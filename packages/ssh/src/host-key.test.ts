import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeHostKeyCheck } from "./host-key.ts";
import { makeOnce } from "./once.ts";
import type { SshSettings } from "./ssh-settings.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hostout-ssh-"));
});
afterEach(() => rm(home, { recursive: true }));

const key = Buffer.from("AAAAC3NzaC1lZDI1NTE5AAAAIA==", "base64");

test.each([
  ["", ""],
  ["web1 ssh-ed25519 AAAA", "web1 ssh-ed25519 AAAA\n"],
  ["web1 ssh-ed25519 AAAA\n", "web1 ssh-ed25519 AAAA\n"],
])("a key that is accepted becomes a line of its own below %j", async (before, above) => {
  const file = join(home, "known_hosts");
  await writeFile(file, before);
  const settings = {
    hostname: "web2",
    port: 22,
    knownHostsFiles: [file],
    rememberedIn: file,
    strictHostKeyChecking: "accept-new",
  } as unknown as SshSettings;
  const { verify } = await makeHostKeyCheck("web2", settings, { ask: undefined, once: makeOnce() });
  await verify(key);
  expect(await readFile(file, "utf8")).toBe(`${above}web2 ssh-ed25519 ${key.toString("base64")}\n`);
});

test("files are read once a run, and again after a key was accepted", async () => {
  const file = join(home, "known_hosts");
  await writeFile(file, "web1 ssh-ed25519 AAAA\n");
  const settings = (hostname: string, strictHostKeyChecking: string) =>
    ({
      hostname,
      port: 22,
      knownHostsFiles: [file],
      rememberedIn: file,
      strictHostKeyChecking,
    }) as unknown as SshSettings;
  const credentials = { ask: undefined, once: makeOnce() };
  const check = (hostname: string, how: string) =>
    makeHostKeyCheck(hostname, settings(hostname, how), credentials);
  expect((await check("web1", "yes")).types).toEqual(["ssh-ed25519"]);
  await writeFile(file, "");
  expect((await check("web1", "yes")).types).toEqual(["ssh-ed25519"]);
  await (await check("web2", "accept-new")).verify(key);
  await (await check("web2", "yes")).verify(key);
  expect((await check("web1", "yes")).types).toBeUndefined();
});

test.each([
  ["", undefined],
  ["# old ones\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== web1\n", "marked as revoked"],
  ["SSHKRL\n\0", "KRL"],
  [undefined, "cannot be read"],
])("a key that ssh's configuration has as revoked, in a file with %j, is refused", async (text, why) => {
  const known = join(home, "known_hosts");
  await writeFile(known, `web1 ssh-ed25519 ${key.toString("base64")}\n`);
  const revokedHostKeys = join(home, "revoked");
  if (text !== undefined) await writeFile(revokedHostKeys, text);
  const settings = { hostname: "web1", port: 22, knownHostsFiles: [known], revokedHostKeys };
  const credentials = { ask: undefined, once: makeOnce() };
  const { verify } = await makeHostKeyCheck("web1", settings as unknown as SshSettings, credentials);
  if (why === undefined) await verify(key);
  else
    await expect(verify(key)).rejects.toMatchObject({
      code: "host-key",
      message: expect.stringContaining(why),
    });
});
