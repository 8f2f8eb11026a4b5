import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
    knownHostsFiles: [`${home}/.ssh/known_hosts`, "/etc/ssh/ssh_known_hosts"],
    rememberedIn: `${home}/.ssh/known_hosts`,
  });
  expect(await settingsOf("UserKnownHostsFile none\n")).toMatchObject({
    knownHostsFiles: ["/etc/ssh/ssh_known_hosts"],
    rememberedIn: undefined,
  });
  expect(await settingsOf("UserKnownHostsFile ~/a ~/b\nGlobalKnownHostsFile none\n")).toMatchObject({
    knownHostsFiles: [`${home}/a`, `${home}/b`],
    rememberedIn: `${home}/a`,
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
