import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { HostoutError } from "@hostout/kit";
import type { Ask } from "@hostout/ssh";

/** Asks in the terminal; undefined where there is none, or where `noInput` forbids it. */
export function makePrompt(noInput: boolean): Ask | undefined {
  if (noInput || !process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return {
    secret: (question) => readAnswer(`${question}: `, true),
    confirm: async (question) => /^(y|yes)$/i.test(await readAnswer(`${question} [yes/no] `, false)),
  };
}

function readAnswer(question: string, hidden: boolean): Promise<string> {
  // readline shows what is typed by writing it to its output: a secret's goes nowhere.
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
  if (hidden) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  return new Promise((resolve, reject) => {
    lines.on("SIGINT", () => {
      lines.close();
      reject(new HostoutError({ code: "interrupted", message: "interrupted" }));
    });
    lines.question(hidden ? "" : question, (answer) => {
      lines.close();
      if (hidden) process.stderr.write("\n");
      resolve(answer);
    });
  });
}
