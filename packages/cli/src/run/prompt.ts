import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { Ask } from "@hostout/kit";
import { HostoutError } from "@hostout/kit";
import { visibleText } from "../show/visible-text.ts";

/**
 * Asks in the terminal; undefined where there is none, or where `noInput` forbids it.
 *
 * @param pause leaves the terminal to the question, until what it returns is called
 */
export function makePrompt(noInput: boolean, pause = () => () => undefined as void): Ask | undefined {
  if (noInput || !process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const ask = async (question: string, hidden: boolean) => {
    const resume = pause();
    try {
      return await readAnswer(question, hidden);
    } finally {
      resume();
    }
  };
  return {
    secret: (question, how) => ask(`${question}: `, !how?.isShown),
    tell: (text) => {
      const resume = pause();
      process.stderr.write(`${text}\n`);
      resume();
    },
    confirm: async (question) => /^(y|yes)$/i.test(await ask(`${question} [yes/no] `, false)),
  };
}

function readAnswer(question: string, hidden: boolean): Promise<string> {
  // readline shows what is typed by writing it to its output: a secret's goes nowhere.
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : drawnOnStderr();
  if (hidden) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    lines.on("SIGINT", () => {
      // The terminal is in raw mode here, so that Ctrl-C is a key and no signal: the run has to hear of it, and first.
      process.emit("SIGINT", "SIGINT");
      lines.close();
    });
    lines.on("close", () => {
      if (hidden) process.stderr.write("\n");
      // Ctrl-C, or Ctrl-D: there is no answer to come.
      if (!isAnswered)
        reject(new HostoutError({ code: "interrupted", message: "the question was not answered" }));
    });
    lines.question(hidden ? "" : visibleText(question), (answer) => {
      isAnswered = true;
      lines.close();
      resolve(answer);
    });
  });
}

/** Takes the signs with which readline draws: as bytes, they pass. */
function drawnOnStderr(): Writable {
  const output = new Writable({ write: (chunk, _encoding, done) => void process.stderr.write(chunk, done) });
  return Object.assign(output, { columns: process.stderr.columns });
}

/** Asks for a line of text; an empty answer is `otherwise`. */
export async function askLine(question: string, otherwise: string): Promise<string> {
  const answer = await readAnswer(`${question}${otherwise === "" ? "" : ` [${otherwise}]`}: `, false);
  return answer.trim() || otherwise;
}
