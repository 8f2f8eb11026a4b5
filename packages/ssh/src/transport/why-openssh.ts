import { access, constants, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { hopsTo } from "../config/jumps.ts";
import type { SshSettings } from "../config/ssh-settings.ts";
import { authoritiesOf } from "../host-key/host-key.ts";
import { agentKeyTypes } from "../login/agent-key-types.ts";
import { readIdentity } from "../login/identity.ts";
import type { Credentials } from "../login/login-try.ts";
import { ssh2Algorithms } from "../node-ssh/ssh2-algorithms.ts";
import type { Once } from "../process/once.ts";

const mayDo = (path: string, mode: number) =>
  access(path, mode).then(
    () => true,
    () => false,
  );

/** Returns whether this machine has an ssh. */
export function hasSsh(
  environment: Readonly<Record<string, string | undefined>>,
  once: Once,
): Promise<boolean> {
  return once.get("ssh is here", async () => {
    const folders = (environment.PATH ?? "").split(":").filter((folder) => folder !== "");
    const found = await Promise.all(folders.map((folder) => mayDo(join(folder, "ssh"), constants.X_OK)));
    return found.includes(true);
  });
}

/** Returns the setting of a host that only the system's ssh supports. Undefined if no setting needs it. */
export async function whyOpenssh(
  settings: SshSettings,
  { identityFile, once }: Pick<Credentials, "identityFile" | "once">,
): Promise<string | undefined> {
  const [line] = settings.onlyOpenssh;
  if (line !== undefined) return line;
  const { missing } = await ssh2Algorithms(settings.algorithms);
  if (missing !== undefined) return missing;
  const [authority] = await authoritiesOf(settings, once);
  if (authority) return `@cert-authority (${authority.place})`;
  if (await isKrl(settings.revokedHostKeys, once)) return `RevokedHostKeys ${settings.revokedHostKeys}`;
  if (!settings.methods.includes("publickey")) return undefined;
  const files = [...(identityFile === undefined ? [] : [identityFile]), ...settings.identityFiles];
  const reasons = await Promise.all(files.map((file) => ofFile(file, once)));
  return reasons.find((reason) => reason !== undefined) ?? ofAgent(settings.agent, once);
}

/** Returns the setting of a host on the way that only the system's ssh supports. Then the whole way uses the system's ssh. */
export async function whyOnTheWay(
  hops: Awaited<ReturnType<typeof hopsTo>>,
  credentials: Pick<Credentials, "identityFile" | "once">,
): Promise<string | undefined> {
  for (const { wish, settings } of hops) {
    // No command runs on a proxy jump, so nothing there would use a forwarded agent.
    const onlyOpenssh = settings.onlyOpenssh.filter((line) => !line.startsWith("ForwardAgent "));
    const why = await whyOpenssh({ ...settings, onlyOpenssh }, credentials);
    if (why !== undefined) return `${why} (for ${wish.host}, on the way)`;
  }
  return undefined;
}

function isKrl(file: string | undefined, once: Once): Promise<boolean> {
  if (file === undefined) return Promise.resolve(false);
  return once.get(`krl ${file}`, async () =>
    (await readFile(file, "latin1").catch(() => "")).startsWith("SSHKRL"),
  );
}

async function ofFile(file: string, once: Once): Promise<string | undefined> {
  const certificate = `${file.replace(/\.pub$/, "")}-cert.pub`;
  if (await once.get(`is there ${certificate}`, () => mayDo(certificate, constants.R_OK)))
    return `CertificateFile ${certificate}`;
  const identity = await once.get(`key ${file}`, () => readIdentity(file));
  return "onlyOpenssh" in identity ? `IdentityFile ${file}` : undefined;
}

/** Finds a key of the agent that needs the system's ssh: ssh2 ignores agent keys of unknown types. */
async function ofAgent(socket: string | undefined, once: Once): Promise<string | undefined> {
  if (socket === undefined) return undefined;
  const types = await once.get(`types of agent ${socket}`, () => agentKeyTypes(socket));
  const type = types.find((one) => /^sk-|-cert-v\d+@/.test(one));
  return type && `the key of type ${type} in the agent`;
}
