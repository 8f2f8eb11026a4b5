import type { SshSettings } from "../config/ssh-settings.ts";
import { type LoginLog, makeLoginLog } from "../failure/login-log.ts";
import { deadAgent, openAgent } from "../login/agent.ts";
import { lockedFault, publicFault, readIdentity } from "../login/identity.ts";

/**
 * Returns the faults of the agent and of the key files, which ssh itself does not explain in these words. An
 * `identity-file` without a fault counts as tried.
 */
export async function ownFaults(
  identityFile: string | undefined,
  { identityFiles, agent: socket }: SshSettings,
  mayAsk: boolean,
): Promise<LoginLog> {
  const log = makeLoginLog();
  const agent = socket === undefined ? undefined : await openAgent(socket).catch((error: Error) => error);
  if (agent instanceof Error) log.fault(`the agent at ${socket}`, deadAgent(agent));
  const isInAgent = (blob: string | undefined) =>
    blob !== undefined && agent !== undefined && "blobs" in agent && agent.blobs.includes(blob);
  for (const file of [...(identityFile === undefined ? [] : [identityFile]), ...identityFiles]) {
    const name = file === identityFile ? `identity-file ${file}` : file;
    const identity = await readIdentity(file);
    if (isInAgent(identity.blob) || identity.kind === "open") {
      if (file === identityFile) log.tried.push(name);
    } else if ("why" in identity) {
      if (file === identityFile || identity.kind === "faulty") log.fault(name, identity);
    } else if (identity.kind === "public") log.fault(name, publicFault(file));
    else if (identity.kind === "locked" && !mayAsk) log.fault(name, lockedFault);
  }
  return log;
}
