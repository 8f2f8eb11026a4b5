import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connections } from "@hostout/kit";
import { type ConnectionSettings, openConnections } from "@hostout/ssh";
import type { BedHost } from "./bed-host.ts";

/** Somebody on this machine with a home of their own, and a key there that opens the hosts of a bed. No host is known yet. */
export interface BedUser {
  readonly keyFile: string;
  /** Connections as this user has them; `ask` answers what is asked. */
  readonly connect: (ask: ConnectionSettings["ask"]) => Connections;
  /** Leaves nothing behind. */
  readonly leave: () => Promise<void>;
}

/** `client`: a host whose key the others take; `sshOptions`: further lines of ssh's configuration. */
export async function makeBedUser(client: BedHost, sshOptions: readonly string[] = []): Promise<BedUser> {
  const home = await mkdtemp(join(tmpdir(), "hostout-user-"));
  const [keyFile, config] = [join(home, "id"), join(home, "config")];
  await writeFile(keyFile, (await client.sh("cat .ssh/id_ed25519")).stdout, { mode: 0o600 });
  const lines = [
    `IdentityFile ${keyFile}`,
    "IdentitiesOnly yes",
    `UserKnownHostsFile ${home}/known_hosts`,
    ...sshOptions,
  ];
  await writeFile(config, `Host *\n${lines.map((line) => `  ${line}\n`).join("")}`);
  return {
    keyFile,
    connect: (ask) =>
      openConnections({
        dryRun: false,
        ask,
        signal: new AbortController().signal,
        environment: { ...process.env, HOME: home, SSH_AUTH_SOCK: "", HOSTOUT_SSH_CONFIG: config },
      }),
    leave: () => rm(home, { recursive: true }),
  };
}
