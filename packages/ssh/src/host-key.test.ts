import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeHostKeyCheck } from "./host-key.ts";
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
    strictHostKeyChecking: "accept-new",
  } as unknown as SshSettings;
  const { verify } = await makeHostKeyCheck("web2", settings, undefined);
  await verify(key);
  expect(await readFile(file, "utf8")).toBe(`${above}web2 ssh-ed25519 ${key.toString("base64")}\n`);
});
