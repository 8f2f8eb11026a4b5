import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sshTransport } from "../node-ssh/ssh-transport.ts";
import { opensshTransport } from "../openssh/openssh-transport.ts";
import { hopsTo } from "./jumps.ts";
import { readSshSettings } from "./ssh-settings.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hostout-ssh-"));
});
afterEach(() => rm(home, { recursive: true }));

async function settingsOf(text: string) {
  const file = join(home, "config");
  await writeFile(file, text);
  const environment = { HOME: home, HOSTOUT_SSH_CONFIG: file };
  return readSshSettings({ host: "web1", port: undefined, user: undefined, environment });
}

test("files of known hosts: the user's first, and 'none' is no file", async () => {
  expect(await settingsOf("")).toMatchObject({
    knownHostsFiles: [
      ...[`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`],
      ...["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
    ],
    rememberedIn: `${home}/.ssh/known_hosts`,
  });
  expect(await settingsOf("UserKnownHostsFile none\n")).toMatchObject({
    knownHostsFiles: ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
    rememberedIn: undefined,
  });
  expect(await settingsOf(`UserKnownHostsFile ~/a ~/b\nGlobalKnownHostsFile ${home}/c\n`)).toMatchObject({
    knownHostsFiles: [`${home}/a`, `${home}/b`, `${home}/c`],
    rememberedIn: `${home}/a`,
  });
});

test("names of files of known hosts that have a blank are for ssh alone to read", async () => {
  expect((await settingsOf('UserKnownHostsFile "~/my hosts" ~/b\n')).onlyOpenssh).toEqual([
    expect.stringMatching(/^UserKnownHostsFile \/.*my hosts \/.*b$/),
  ]);
  expect((await settingsOf("UserKnownHostsFile ~/a ~/b\nMatch all\n")).onlyOpenssh).toEqual([]);
});

test("tokens and variables in the names of keys are what they are for ssh", async () => {
  const text = `HostName behind
Port 2222
User ann
HostKeyAlias shop
IdentityFile %d/%r@%h:%p
IdentityFile ~/%n-%k-100%%
IdentityFile \${HOME}/id-%C
RevokedHostKeys ~/%h.revoked
`;
  expect(await settingsOf(text)).toMatchObject({
    identityFiles: [`${home}/ann@behind:2222`, `${home}/web1-shop-100%`, `${home}/id-%C`],
    revokedHostKeys: `${home}/behind.revoked`,
  });
});

test("a configuration that others may write to is refused, as ssh does: it can name programs that are run", async () => {
  const environment = { HOME: home };
  const read = () => readSshSettings({ host: "web1", port: undefined, user: undefined, environment });
  const [own, included] = [join(home, ".ssh", "config"), join(home, "more")];
  await mkdir(join(home, ".ssh"));
  await writeFile(own, `Include ${included}\n`);
  await writeFile(included, "ProxyCommand run-me\n");
  expect((await read()).proxyCommand).toBe("run-me");
  await chmod(included, 0o664);
  await expect(read()).rejects.toMatchObject({
    code: "bad-config",
    message: expect.stringContaining(included),
  });
  await chmod(own, 0o646);
  await expect(read()).rejects.toMatchObject({ code: "bad-config", message: expect.stringContaining(own) });
  await chmod(own, 0o600);
  await chmod(included, 0o600);
  expect((await read()).proxyCommand).toBe("run-me");
});

test.each([
  ["through itself", "Host *\n  ProxyJump way\nHost way\n  HostName 192.0.2.7\n", "web1 -> way -> way"],
  [
    "through each other",
    "Host web1\n  ProxyJump a\nHost a\n  ProxyJump b\nHost b\n  ProxyJump a\n",
    "web1 -> a -> b -> a",
  ],
])("a ProxyJump that leads %s is told, and no process is started for it", async (_how, text, way) => {
  const file = join(home, "config");
  await writeFile(file, text);
  const environment = { ...process.env, HOME: home, HOSTOUT_SSH_CONFIG: file };
  const wish = { host: "web1", port: undefined, user: undefined, environment };
  const { signal } = new AbortController();
  const credentials = { identityFile: undefined, password: undefined, ask: undefined } as never;
  for (const open of [sshTransport, opensshTransport])
    await expect(open(wish, "web1", credentials, signal)).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining(`circle: ${way}`),
      hint: expect.stringContaining("ProxyJump none"),
    });
});

test("a way through several hosts that ends is none in a circle", async () => {
  const settings = await settingsOf(
    "Host web1\n  ProxyJump a,b\nHost a\n  ProxyJump c\nHost b\n  ProxyJump a\n",
  );
  const environment = { HOME: home, HOSTOUT_SSH_CONFIG: join(home, "config") };
  const wish = { host: "web1", port: undefined, user: undefined, environment };
  const hops = await hopsTo(wish, settings, "web1");
  expect(hops.map((hop) => hop.wish.host)).toEqual(["b", "a", "c"]);
});
