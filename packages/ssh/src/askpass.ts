import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { Ask } from "./ask.ts";
import { askTimes } from "./login.ts";
import { packageFolder } from "./package-folder.ts";

/** A way for OpenSSH to ask: what its processes need in their environment. */
export interface Askpass {
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => void;
}

/**
 * Answers what ssh asks (ssh(1), SSH_ASKPASS) over a socket in a folder that only this user can enter. No answer is in an
 * environment, an argument or a file.
 */
export async function openAskpass(folder: string, ask: Ask, label: string): Promise<Askpass> {
  const path = join(folder, "ask");
  const sockets = new Set<Socket>();
  const asked = new Map<string, number>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let question = "";
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    socket.setEncoding("utf8").on("data", (text: string) => {
      question += text;
    });
    socket.on("end", () => {
      const text = question.trim().replace(/:$/, "");
      const times = (asked.get(text) ?? 0) + 1;
      asked.set(text, times);
      answer(ask, text, { label, times }).then(
        (text) => socket.end(text),
        () => socket.end(),
      );
    });
  });
  await new Promise<void>((listening, reject) => {
    server.on("error", reject);
    server.listen(path, listening);
  });
  return {
    environment: {
      SSH_ASKPASS: join(packageFolder, "askpass.sh"),
      SSH_ASKPASS_REQUIRE: "force",
      HOSTOUT_ASKPASS_SOCKET: path,
      HOSTOUT_ASKPASS_NODE: process.execPath,
    },
    close: () => {
      server.close();
      // A question that was not answered: nobody wants to know any more.
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function answer(
  ask: Ask,
  question: string,
  { label, times }: { readonly label: string; readonly times: number },
): Promise<string> {
  if (!/\(yes\/no/.test(question)) {
    // ssh puts the same question again where the answer was wrong.
    const again = times === 1 ? "" : ` (refused; ${times} of ${askTimes})`;
    return ask.secret(
      `${/'s password$|^Enter|^\(/.test(question) ? question : `${label}: ${question}`}${again}`,
    );
  }
  const shown = question.replace(/\s*Are you sure you want to continue connecting[^?]*\?\s*$/s, "");
  return (await ask.confirm(`${shown}\nIs it the host's?`)) ? "yes" : "no";
}
