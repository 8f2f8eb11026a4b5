import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import type { SshSettings } from "../config/ssh-settings.ts";
import { makeLoginLog } from "../failure/login-log.ts";
import { makeOnce } from "../process/once.ts";
import { loginTries } from "./login.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hostout-home-"));
  const open = ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 }).private;
  await writeFile(join(home, "open"), open, { mode: 0o600 });
  const encryption = { bits: 256, passphrase: "word", cipher: "aes256-cbc", rounds: 1 } as const;
  const locked = ssh2.utils.generateKeyPairSync("ecdsa", encryption).private;
  await writeFile(join(home, "locked"), locked, { mode: 0o600 });
});
afterEach(() => rm(home, { recursive: true }));

/** Lists the tries and questions on a host that accepts none of the tries and names its ways to log in. */
async function tried(
  keys: readonly string[],
  { agent, password, takes }: { agent?: string; password?: string; takes: readonly string[] },
): Promise<readonly string[]> {
  const log: string[] = [];
  const ask = {
    secret: async (question: string) => {
      log.push(question.replace(`${home}/`, ""));
      return "word";
    },
    confirm: async () => false,
  };
  const identityFiles = keys.map((name) => join(home, name));
  const settings = {
    user: "u",
    agent,
    identitiesOnly: false,
    identityFiles,
    methods: ["publickey", "password"],
  } as unknown as SshSettings;
  const credentials = { identityFile: undefined, password, ask, once: makeOnce() };
  let allowed: readonly string[] = [];
  const answers = { allowed: () => allowed, refuse: () => undefined };
  const giveUp = () => undefined;
  const wish = { username: "u", label: "web1", settings, credentials, answers, giveUp };
  for await (const { type } of loginTries({ ...wish, log: makeLoginLog() })) {
    log.push(type);
    allowed = takes;
  }
  return log;
}

const key = ["publickey"];
const both = ["publickey", "password"];
const asked = [
  ...["Password of u@web1", "password"],
  ...["Password of u@web1 (refused; 2 of 3)", "password"],
  ...["Password of u@web1 (refused; 3 of 3)", "password"],
];

test.each([
  ["a key", ["open"], { takes: key }, ["publickey", "none"]],
  ["no key", ["nothing"], { takes: key }, ["none"]],
  [
    "a key and a password",
    ["open"],
    { password: "p", takes: both },
    ["publickey", "password", ...asked, "none"],
  ],
  ["a password", [], { password: "p", takes: both }, ["none", "password", ...asked]],
  // The host may accept anybody.
  ["a key with a passphrase", ["locked"], { takes: key }, ["none", "Passphrase of locked", "publickey"]],
  [
    "such a key and another",
    ["open", "locked"],
    { takes: key },
    ["publickey", "Passphrase of locked", "publickey", "none"],
  ],
])("who has %s tries in this order", async (_what, keys, host, order) => {
  expect(await tried(keys, host)).toEqual(order);
});
