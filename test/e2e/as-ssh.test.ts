import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { HostoutError } from "@hostout/kit";
import { openConnections } from "@hostout/ssh";
import { fakeSite, hasSshd } from "@hostout/testing";
import { describeUnless } from "../bed/describe-with.ts";
import { type Situation, situations } from "./as-ssh-situations.ts";
import { type SshSet, serverNames, startSshSet } from "./ssh-set.ts";

const user = userInfo().username;

// HOSTOUT_AS_SSH=all tries each situation over each transport; by default it is one of four over those that the system's ssh carries.
const all = process.env.HOSTOUT_AS_SSH === "all";

describeUnless(hasSshd() ? undefined : "there is no sshd", "as ssh does it", () => {
  let set: SshSet;
  let silent: net.Server;
  beforeAll(async () => {
    set = await startSshSet();
    silent = net.createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const connect = `#!${process.execPath}\nconst s = require("node:net").connect(+process.argv[3], process.argv[2]);\nprocess.stdin.pipe(s).pipe(process.stdout);\n`;
    await writeFile(join(set.folder, "connect"), connect, { mode: 0o755 });
  }, 60_000);
  afterAll(async () => {
    silent?.close();
    await set?.close();
  });

  const portOf = (name: string) =>
    name === "silent" ? (silent.address() as AddressInfo).port : set.servers[name as "web1"].port;
  const filled = (text: string) =>
    text
      .replaceAll(/\{KEY (\S+)\}/g, (_, name) => set.publicKey(name))
      .replaceAll(/\{HOSTKEY (\w+)\}/g, (_, name) => set.servers[name as "web1"].hostKey)
      .replaceAll(/(?<!\$)\{(\w+)\}/g, (_, name) => String(portOf(name)))
      .replaceAll("{}", set.folder);

  /** Where the configuration and what belongs to it lies, for one who tries: files of known hosts are written to. */
  const prepare = async ({ config, agent, hosts, files = {} }: Situation) => {
    const home = await mkdtemp(join(set.folder, "home-"));
    const known = filled(
      hosts ?? set.known(...serverNames.filter((name) => name !== "typed" && name !== "signed")),
    );
    await writeFile(join(home, "known"), known);
    const own = config.replaceAll("{}/extra", `${home}/extra`);
    for (const [name, text] of Object.entries(files)) await writeFile(join(home, name), filled(text));
    // A host of several keys sends what it is asked for.
    const base = [
      ...[
        "Host *",
        "HostName 127.0.0.1",
        `User ${user}`,
        `UserKnownHostsFile ${home}/known`,
        "GlobalKnownHostsFile none",
      ],
      ...[
        "StrictHostKeyChecking yes",
        "Port {web1}",
        ...(config.includes("IdentityFile") ? [] : ["IdentityFile {}/id"]),
      ],
    ];
    await writeFile(join(home, "config"), filled(`${own}\n${base.join("\n")}\n`));
    const { SSH_AUTH_SOCK, ...env } = process.env;
    const environment = {
      ...{
        ...env,
        HOME: home,
        X_FOLDER: set.folder,
        X_SENT: "sent",
        HOSTOUT_SSH_CONFIG: join(home, "config"),
      },
      ...(agent !== undefined && { SSH_AUTH_SOCK: join(set.folder, `agent-${agent}`) }),
    };
    return environment;
  };

  const line = 'echo "in $(id -un) ${SSH_CONNECTION##* } ${SSH_CLIENT%% *} $X_A,$X_SENT"';
  /** The answer of the line in words. */
  const shown = (said: string): string => {
    const [, who, port, from, sent] = /^in (\S+) (\d+) (\S+) (.*)$/.exec(said.trim()) ?? [];
    const name = serverNames.find((one) => String(portOf(one)) === port);
    const words = [
      `at ${name}`,
      ...(from === "127.0.0.1" ? [] : [`from ${from}`]),
      ...(sent === "," ? [] : [`with ${sent}`]),
    ];
    return who === user ? words.join(" ") : `as ${who}`;
  };

  const bySsh = async (situation: Situation): Promise<string> => {
    const env = await prepare(situation);
    const words = ["-F", env.HOSTOUT_SSH_CONFIG, "-o", "BatchMode=yes", "web1", line];
    return new Promise((resolve) => {
      const child = execFile("ssh", words, { env, timeout: 60_000 }, (error, stdout, stderr) =>
        resolve(error ? kindOf(stderr) : shown(stdout)),
      );
      child.stdin?.end();
    });
  };
  const byHostout = async (situation: Situation, transport: string): Promise<string> => {
    const connections = openConnections({
      ...{ dryRun: false, ask: undefined, signal: new AbortController().signal },
      environment: await prepare(situation),
    });
    const output = { line: () => {}, progress: () => {}, mark: "run.test" };
    const site = fakeSite({ plugins: [], options: { transport } });
    const host = { name: "web1", address: "web1", port: undefined, user: undefined } as never;
    const said = await connections
      .remote(site, host, output)
      .capture(["sh", "-c", line])
      .then(shown, (error: HostoutError) => error.code);
    await connections.close();
    return said;
  };

  test.each(Object.entries(situations))(
    "%s",
    async (what, situation) => {
      const { comes = "at web1", onlySsh, isEndless } = situation;
      const isWhole = all || onlySsh || Object.keys(situations).indexOf(what) % 4 === 0;
      const others = isWhole ? ["openssh", "auto"] : [];
      const [ssh, own, ...ran] = await Promise.all([
        isEndless ? comes : bySsh(situation),
        ...["node-ssh", ...others].map((transport) => byHostout(situation, transport)),
      ]);
      expect([ssh, ...ran]).toEqual([comes, ...others.map(() => comes)]);
      if (onlySsh) expect(own).toMatch(/^(?:login-refused|host-key|unreachable)$/);
      else expect(own).toBe(comes);
    },
    120_000,
  );
});

/** What hostout calls the refusal of which ssh speaks. */
function kindOf(said: string): string {
  if (/Bad configuration|terminating, |bad (?:port|number)/i.test(said)) return "bad-config";
  if (/Host key verification failed|host key is known|no matching host key/i.test(said)) return "host-key";
  if (/Permission denied|Too many authentication/i.test(said)) return "login-refused";
  return "unreachable";
}
