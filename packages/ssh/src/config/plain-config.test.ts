import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askSsh } from "./ask-ssh.ts";
import { readPlainConfig } from "./plain-config.ts";
import { readSshSettings } from "./ssh-settings.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostout-ssh-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(text: string, host = "web1") {
  await writeFile(join(folder, "config"), text);
  const { values, beyond } = readPlainConfig([join(folder, "config")], host, { home: folder, given: {} });
  return beyond ? `${beyond.place.replace(`${folder}/`, "")} ${beyond.text}` : Object.fromEntries(values);
}

test("the first value counts, and identity files add up", async () => {
  const text =
    "Host web*\n  User deploy\n  IdentityFile ~/a\nHost !web9 *\n  Port=2222\n  IdentityFile ~/b\nHost *\n  User root\n";
  expect(await read(text)).toEqual({ user: ["deploy"], identityfile: ["~/a", "~/b"], port: ["2222"] });
  expect(await read(text, "web9")).toEqual({ user: ["deploy"], identityfile: ["~/a"] });
  expect(await read(text, "db")).toEqual({ user: ["root"], identityfile: ["~/b"], port: ["2222"] });
});

test("what an included file says of a host ends with it, and none of it counts where the Include is another host's", async () => {
  await writeFile(join(folder, "a.conf"), "User ann\nHost db\n  Port 1\n");
  const text = (host: string) => `Host ${host}\n  Include ${folder}/*.conf\n  HostName behind\n`;
  expect(await read(text("web1"))).toEqual({ user: ["ann"], hostname: ["behind"] });
  expect(await read(text("db"))).toEqual({});
});

test.each([
  "User deploy # who deploys",
  'User "deploy"',
  "User %u",
  "HostName %h.example.com",
  "Match all",
  "Port ssh",
  "Port 2222 22",
  "User",
  "IdentityFile id",
  "ProxyCommand nc %h %p",
  "Nonsense yes",
  "StrictHostKeyChecking maybe",
  "Include conf.d/*",
  "Ciphers aes128-ctr",
])("%j is for ssh to read", async (line) => {
  expect(await read(`# mine\n\n${line}\n`)).toBe(`config:3 ${line}`);
});

test("a jump through the host itself is for ssh to refuse", async () => {
  expect(await read("HostName behind\nProxyJump u@behind:22\n")).toBe("ProxyJump u@behind:22");
  expect(await read("HostName behind\nProxyJump u@web1\n")).toEqual(expect.any(Object));
});

test("an `ssh -G` that takes too long is ended with all that it started", async () => {
  const seconds = `${7200 + (process.pid % 1000)}.${Date.now() % 1000}`;
  await writeFile(join(folder, "config"), `Match exec "sleep ${seconds}"\n`);
  const environment = { ...process.env, HOME: folder, HOSTOUT_SSH_CONFIG: join(folder, "config") };
  const wish = { host: "web1", port: undefined, user: undefined, environment };
  await expect(askSsh(wish, 1500)).rejects.toMatchObject({
    code: "bad-config",
    message: expect.stringContaining("no answer in 1.5 s"),
  });
  const isLeft = () => spawnSync("pgrep", ["-f", `^sleep ${seconds}|^ssh -G .*web1$`]).status === 0;
  for (let tries = 0; tries < 100 && isLeft(); tries++) await new Promise((done) => setTimeout(done, 20));
  expect(isLeft()).toBe(false);
});

test("where there is no ssh, a line that only ssh can read is refused by its place", async () => {
  await writeFile(join(folder, "config"), "Host *\n  Match all\n");
  const environment = { HOME: folder, PATH: folder, HOSTOUT_SSH_CONFIG: join(folder, "config") };
  await expect(
    readSshSettings({ host: "web1", port: undefined, user: undefined, environment }),
  ).rejects.toMatchObject({ code: "bad-config", message: expect.stringContaining("config:2: Match all") });
});

test("what ssh refuses is refused in its words", async () => {
  await writeFile(join(folder, "config"), "Host *\n  Nonsense yes\n");
  const environment = { ...process.env, HOSTOUT_SSH_CONFIG: join(folder, "config") };
  await expect(
    readSshSettings({ host: "web1", port: undefined, user: undefined, environment }),
  ).rejects.toMatchObject({
    code: "bad-config",
    message: expect.stringMatching(/config: line 2: Bad configuration option: nonsense/),
  });
});
