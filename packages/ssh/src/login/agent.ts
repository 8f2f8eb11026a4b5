import type { BaseAgent, ParsedKey } from "ssh2";

/** Time limit for an agent's list of keys, in milliseconds. An agent that is forwarded over a dead connection never answers. */
const listMs = 10_000;

/** The keys with which an agent can sign. */
export interface AgentKeys {
  /** Public keys, base64. */
  readonly blobs: readonly string[];
  /** Returns the agent as if it had this key alone. If the agent does not sign, calls `refused`, and ssh2 gets no error. */
  readonly only: (blob: string, refused: (error: Error) => void) => BaseAgent;
}

/** Lists the keys of an agent. @throws Error if nothing answers at its socket */
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
    only: (blob, refused) => {
      const agent = ssh2.createAgent(socket);
      const sign = agent.sign.bind(agent) as (...words: unknown[]) => void;
      const signOr = (key: unknown, data: unknown, how: unknown, done: (...words: unknown[]) => void) =>
        sign(key, data, how, (error: Error | undefined, signed: unknown) =>
          error ? refused(error) : done(undefined, signed),
        );
      return Object.assign(agent, {
        getIdentities: (told: (error: undefined, keys: readonly ParsedKey[]) => void) =>
          told(
            undefined,
            keys.filter((key) => blobOf(key) === blob),
          ),
        sign: signOr,
      }) as BaseAgent;
    },
  };
}

/** Explains an agent from which {@link openAgent} got no answer. */
export function deadAgent({ message }: Error): { readonly why: string; readonly hint: string } {
  return { why: `does not answer (${message})`, hint: "Start it anew, or unset SSH_AUTH_SOCK." };
}

/** Explains an agent that has a key and does not sign with it. */
export function refusingAgent({ message }: Error): { readonly why: string; readonly hint: string } {
  return { why: `does not sign (${message})`, hint: "Unlock it, or log in without it." };
}

const readable = (key: ParsedKey | Error) => ("message" in key ? [] : [key]);
