import type { BaseAgent, ParsedKey } from "ssh2";

/** How long an agent may take to list its keys: one that is forwarded over a dead line never does. */
const listMs = 10_000;

/** What an agent can sign with. */
export interface AgentKeys {
  /** Public keys, base64. */
  readonly blobs: readonly string[];
  /** The agent as if it had these keys alone. */
  readonly only: (blobs: readonly string[]) => BaseAgent;
}

/** Lists the keys of an agent. @throws Error when nothing answers at its socket */
export async function openAgent(socket: string): Promise<AgentKeys> {
  const { default: ssh2 } = await import("ssh2");
  const keys = await new Promise<readonly ParsedKey[]>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer")), listMs);
    ssh2.createAgent(socket).getIdentities((error, found) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve((found ?? []).flatMap((one) => readable(ssh2.utils.parseKey(one as never))));
    });
  });
  const blobOf = (key: ParsedKey) => key.getPublicSSH().toString("base64");
  return {
    blobs: keys.map(blobOf),
    only: (blobs) => {
      const agent = ssh2.createAgent(socket);
      agent.getIdentities = (told) =>
        told(undefined, keys.filter((key) => blobs.includes(blobOf(key))) as never);
      return agent;
    },
  };
}

/** What is wrong with an agent that {@link openAgent} got no answer of. */
export function deadAgent({ message }: Error): { readonly why: string; readonly hint: string } {
  return { why: `does not answer (${message})`, hint: "Start it anew, or unset SSH_AUTH_SOCK." };
}

const readable = (key: ParsedKey | Error) => ("message" in key ? [] : [key]);
