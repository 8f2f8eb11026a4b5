import { mkdtemp, rm, writeFile } from "node:fs/promises";
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
