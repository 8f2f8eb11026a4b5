import net from "node:net";

/** Time limit for an agent's answer, in milliseconds. */
const answerMs = 3000;

const requestIdentities = 11;
const identitiesAnswer = 12;

/**
 * Returns the types of all keys of an agent, also those that ssh2 ignores: `ssh-ed25519`, `sk-ssh-ed25519@openssh.com`,
 * … Empty if the agent does not answer.
 */
export function agentKeyTypes(socket: string): Promise<readonly string[]> {
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0);
    const client = net.connect(socket, () => client.write(Buffer.from([0, 0, 0, 1, requestIdentities])));
    client.setTimeout(answerMs, () => client.destroy());
    client.on("data", (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length >= 4 && answer.length >= 4 + answer.readUInt32BE(0)) client.destroy();
    });
    client.on("error", () => undefined);
    client.on("close", () => resolve(typesIn(answer)));
  });
}

/**
 * Reads an answer as draft-ietf-sshm-ssh-agent defines it: length, type, number of keys. Each key has a blob, which
 * begins with its type, and a comment.
 */
function typesIn(answer: Buffer): readonly string[] {
  const types: string[] = [];
  try {
    if (answer[4] !== identitiesAnswer) return [];
    let at = 9;
    for (let left = answer.readUInt32BE(5); left > 0; left--) {
      const blobLength = answer.readUInt32BE(at);
      types.push(answer.toString("latin1", at + 8, at + 8 + answer.readUInt32BE(at + 4)));
      at += 4 + blobLength;
      at += 4 + answer.readUInt32BE(at);
    }
  } catch {
    // The answer is cut short: the complete part counts.
  }
  return types;
}
