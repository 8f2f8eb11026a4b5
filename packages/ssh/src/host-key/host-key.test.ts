import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SshSettings } from "../config/ssh-settings.ts";
import { makeOnce } from "../process/once.ts";
import { makeHostKeyCheck } from "./host-key.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hostout-ssh-"));
});
afterEach(() => rm(home, { recursive: true }));

const keyOf = (type: string, last: number) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from([0, 0, 0, 1, last])]);
};
const key = keyOf("ssh-ed25519", 1);
const other = keyOf("ssh-ed25519", 2);
const rsa = keyOf("ssh-rsa", 3);
const lineOf = (names: string, one: Buffer) =>
  `${names} ${one.subarray(4, 4 + one.readUInt32BE(0))} ${one.toString("base64")}\n`;

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
  await writeFile(file, lineOf("web1", other));
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
  [`# old ones\nssh-ed25519 ${key.toString("base64")} web1\n`, "marked as revoked"],
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

describe("a key is taken as ssh takes it:", () => {
  const hostKey = async (lines: string, strictHostKeyChecking: string, more: Partial<SshSettings> = {}) => {
    const file = join(home, "known_hosts");
    await writeFile(file, lines);
    const settings = {
      ...{ hostname: "web1", port: 2222, knownHostsFiles: [file], rememberedIn: file, strictHostKeyChecking },
      ...{ user: "u", typed: { options: ["-p", "2222"], host: "web1" } },
      ...more,
    } as unknown as SshSettings;
    const check = await makeHostKeyCheck("web1", settings, { ask: undefined, once: makeOnce() });
    const verdict = await check.verify(key).catch((error) => error);
    return { verdict, types: check.types, after: await readFile(file, "utf8") };
  };

  test("one that the host has without a port is known on another port, too", async () => {
    expect((await hostKey(lineOf("web1", key), "yes")).verdict).toEqual({});
    expect((await hostKey(lineOf("web1", other), "yes")).verdict).toMatchObject({
      code: "host-key",
      message: expect.stringContaining("its key is not known"),
      hint: expect.stringContaining(": ssh -p 2222 -o StrictHostKeyChecking=ask u@web1"),
    });
    expect((await hostKey(lineOf("web1", key), "yes", { hostKeyAlias: "shop" })).verdict).toMatchObject({
      code: "host-key",
    });
  });

  test("one of several of a type is enough, and a revoked one never", async () => {
    const name = "[web1]:2222";
    expect((await hostKey(`${lineOf(name, other)}${lineOf(name, key)}`, "yes")).verdict).toEqual({});
    for (const revoked of [name, "web1", "*"])
      expect(
        (await hostKey(`${lineOf(name, key)}@revoked ${lineOf(revoked, key)}`, "accept-new")).verdict,
      ).toMatchObject({ code: "host-key", message: expect.stringContaining("revoked") });
  });

  test("a new one is added where ssh's configuration lets it, which is said, and by a hash where it wants that", async () => {
    for (const strict of ["accept-new", "no"]) {
      const plain = await hostKey(lineOf("[web1]:2222", rsa), strict);
      expect(plain.verdict.warning).toContain(`StrictHostKeyChecking is '${strict}'`);
      expect(plain.types).toEqual(["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"]);
      expect(plain.after).toBe(`${lineOf("[web1]:2222", rsa)}${lineOf("[web1]:2222", key)}`);
    }
    const hashed = await hostKey("", "accept-new", { hashKnownHosts: true });
    expect(hashed.after).toMatch(/^\|1\|\S+\|\S+ ssh-ed25519 /);
    expect((await hostKey(hashed.after, "yes")).verdict).toEqual({});
  });

  test("a changed one is refused, but where nothing is checked: there it is said, and none is kept", async () => {
    const lines = lineOf("[web1]:2222", other);
    for (const strict of ["yes", "ask", "accept-new"])
      expect((await hostKey(lines, strict)).verdict).toMatchObject({ code: "host-key" });
    const { verdict, after } = await hostKey(lines, "no");
    expect([verdict, after]).toEqual([
      { isChanged: true, warning: expect.stringContaining("known_hosts:1: now SHA256:") },
      lines,
    ]);
    expect((await hostKey(lineOf("[web?]:2222", other), "yes")).verdict.hint).toContain("sed -i 1d /");
  });
});
