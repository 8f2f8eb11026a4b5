import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { startHost, writeKeyPair } from "@hostout/testing";
import { type Ended, runProgram } from "./run-program.ts";

/** A project in a folder of its own, and one throw-away ssh host of this machine, which needs no right. */
export interface ThrowAway {
  readonly folder: string;
  /** Home of whoever logs in on the host. */
  readonly home: string;
  /** Who logs in. Every name below example.com is the host, as ssh's configuration says. */
  readonly user: string;
  /** What is added to the environment of what is run. */
  readonly environment: Readonly<Record<string, string>>;
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>;
  /** Runs a program in the folder. */
  readonly run: (program: string, ...words: string[]) => Promise<Ended>;
  /** Runs hostout in the folder. */
  readonly hostout: (...words: string[]) => Promise<Ended>;
  /** Cuts all connections, as a cable that is pulled. */
  readonly drop: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const bin = join(dirname(dirname(import.meta.dirname)), "bin", "hostout");

/** Of the host of a {@link ThrowAway}. */
export interface HostSettings {
  /** Added to the environment of commands there. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Absolute path of a program that is run in place of each command, which it finds in SSH_ORIGINAL_COMMAND. */
  readonly forced?: string;
  /** Lines of sshd_config(5). */
  readonly options?: readonly string[];
}

/** `environment` is added to that of what is run. */
export async function startThrowAway(
  environment: Readonly<Record<string, string>> = {},
  settings: HostSettings = {},
): Promise<ThrowAway> {
  const root = await mkdtemp(join(tmpdir(), "hostout-project-"));
  const [folder, home, hostFolder] = [join(root, "project"), join(root, "home"), join(root, "host")];
  for (const one of [folder, home, hostFolder]) await mkdir(one);
  await chmod(root, 0o755);
  const key = await writeKeyPair(join(root, "id"), "test");
  const authorizedKey = settings.forced === undefined ? key : `command="${settings.forced}" ${key}`;
  const host = await startHost({
    directory: hostFolder,
    authorizedKey,
    // With that, bash does not read what this machine's user has for logins: it may take longer than a test.
    environment: { SHLVL: "2", ...settings.environment, HOME: home },
    options: settings.options ?? [],
  });
  await writeFile(join(root, "known_hosts"), `[${host.address}]:${host.port} ${host.hostKey}\n`);
  await writeFile(
    join(root, "ssh_config"),
    `Host *.example.com\n  HostName ${host.address}\n  Port ${host.port}\nHost *\n  IdentityFile ${root}/id\n  IdentitiesOnly yes\n  UserKnownHostsFile ${root}/known_hosts\n`,
  );
  const added = { ...environment, HOSTOUT_SSH_CONFIG: join(root, "ssh_config") };
  const run = (program: string, ...words: string[]) =>
    runProgram(program, words, { cwd: folder, env: added });
  return {
    folder,
    home,
    environment: added,
    user: userInfo().username,
    write: async (files) => {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    run,
    hostout: (...words) => run(bin, ...words),
    drop: () => host.drop(),
    stop: async () => {
      await host.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
