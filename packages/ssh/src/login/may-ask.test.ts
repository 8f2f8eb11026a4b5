import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeOnce } from "../process/once.ts";
import { mayAsk } from "./may-ask.ts";

const host = { name: "web1", address: "web1", port: 22, user: "root" };

test("a key below the home, written with ~, is one of ours", async () => {
  const home = await mkdtemp(join(tmpdir(), "hostout-home-"));
  try {
    await mkdir(join(home, "keys"));
    await writeFile(join(home, "keys", "id"), "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n");
    await writeFile(join(home, "known_hosts"), "web1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==\n");
    await writeFile(join(home, "config"), "Host *\n  UserKnownHostsFile ~/known_hosts\n");
    const environment = { ...process.env, HOME: home, SSH_AUTH_SOCK: "" };
    const asks = (file: string | undefined) =>
      mayAsk(host, file, { ...environment, HOSTOUT_SSH_CONFIG: join(home, "config") }, makeOnce());
    expect([await asks("~/keys/id"), await asks("~/keys/other"), await asks(undefined)]).toEqual([
      false,
      true,
      true,
    ]);
  } finally {
    await rm(home, { recursive: true });
  }
});
