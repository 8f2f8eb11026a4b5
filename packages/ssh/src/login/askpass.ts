import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { Ask } from "@hostout/kit";
import { packageFolder } from "../package-folder.ts";
import { askTimes } from "./login-try.ts";

/** A way for OpenSSH to ask questions: the environment variables for its processes. */
export interface Askpass {
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => void;
}

/** The source of the answers to ssh's questions. */
export interface Answerer {
  /** Undefined: hostout can ask nobody. */
  readonly ask: Ask | undefined;
  /** The host, in questions. */
  readonly label: string;
  /** ssh's names of the login, `user@host` in lower case. A host on the way has other passwords. */
  readonly logins: readonly string[];
  /** The first answer to a question for the password of the login. */
  readonly password: string | undefined;
}

/** Precedes a text that wants no answer. No question of ssh contains the character: ssh writes such characters as `\\001`. */
const noAnswer = "\x01";

/**
 * Answers the questions of ssh (ssh(1), SSH_ASKPASS) over a socket in a folder that only this user can enter.
 * No answer is in an environment, an argument or a file.
 */
export async function openAskpass(folder: string, answerer: Answerer): Promise<Askpass> {
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
      if (question.startsWith(noAnswer)) {
        answerer.ask?.tell?.(`${answerer.label}: ${question.slice(noAnswer.length).trim()}`);
        socket.end();
        return;
      }
      const text = question.trim().replace(/:$/, "");
      const times = (asked.get(text) ?? 0) + 1;
      asked.set(text, times);
      answer(text, times, answerer).then(
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
      // A question without an answer: ssh no longer waits for it.
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function answer(
  question: string,
  times: number,
  { ask, label, logins, password }: Answerer,
): Promise<string> {
  if (/\(yes\/no/.test(question)) {
    const shown = question.replace(/\s*Are you sure you want to continue connecting[^?]*\?\s*$/s, "");
    return (await ask?.confirm(`${shown}\nIs it the host's?`)) ? "yes" : "no";
  }
  const [, login, other] = /^(?:(.*)'s password|\((.*)\) password)$/is.exec(question) ?? [];
  const isOurs = logins.includes((login ?? other ?? "").toLowerCase());
  if (password !== undefined && times === 1 && isOurs) return password;
  if (!ask) throw new Error("nobody can be asked");
  // ssh repeats the same question after a wrong answer.
  const again = times === 1 ? "" : ` (refused; ${times} of ${askTimes})`;
  const shown = /'s password$|^Enter|^\(/.test(question) ? question : `${label}: ${question}`;
  const isKept = login !== undefined || other !== undefined || question.startsWith("Enter passphrase");
  return ask.secret(`${shown}${again}`, { isOnce: !isKept });
}
