import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { loginTries } from "./login.ts";
import { makeOnce } from "./once.ts";
import type { SshSettings } from "./ssh-settings.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hostout-home-"));
  await writeFile(join(home, "open"), ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 }).private);
  const encryption = { bits: 256, passphrase: "word", cipher: "aes256-cbc", rounds: 1 } as const;
  await writeFile(join(home, "locked"), ssh2.utils.generateKeyPairSync("ecdsa", encryption).private);
});
afterEach(() => rm(home, { recursive: true }));

/** What is tried and asked on a host that takes nothing of it, and says what it takes. */
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
  const settings = { user: "u", agent, identitiesOnly: false, identityFiles } as unknown as SshSettings;
  const credentials = { identityFile: undefined, password, ask, once: makeOnce() };
  let allowed: readonly string[] = [];
  for await (const { type } of loginTries("u", "web1", settings, credentials, () => allowed)) {
    log.push(type);
    allowed = takes;
  }
  return log;
}

const key = ["publickey"];
const both = ["publickey", "password"];
const asked = ["Password of u@web1", "password"];

test.each([
  ["a key", ["open"], { takes: key }, ["publickey", "none"]],
  ["no key", ["nothing"], { takes: key }, ["none"]],
  // sshd hangs up after six failures, and `none` is one but at the beginning.
  ["an agent that has keys", [], { agent: "/a", takes: both }, ["agent", ...asked, "none"]],
  [
    "a key and a password",
    ["open"],
    { password: "p", takes: both },
    ["publickey", "password", ...asked, "none"],
  ],
  ["a password", [], { password: "p", takes: both }, ["none", "password", ...asked]],
  // It may take anybody.
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
