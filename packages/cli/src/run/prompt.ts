import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { isatty } from "node:tty";
import type { Ask } from "@hostout/kit";
import { HostoutError } from "@hostout/kit";
import { visibleText } from "../show/visible-text.ts";

/**
 * Returns a function that asks in the terminal. Undefined without a terminal, or if `noInput` forbids
 * questions.
 *
 * @param pause frees the terminal for the question until its result is called
 */
export function makePrompt(noInput: boolean, pause = () => () => undefined as void): Ask | undefined {
  // process.stdin is a stream that takes milliseconds to make.
  if (noInput || !isatty(0) || !isatty(2)) return undefined;
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
  // readline echoes typed text to its output. The echo of a secret is discarded.
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : drawnOnStderr();
  if (hidden) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    lines.on("SIGINT", () => {
      // In raw mode, Ctrl-C is a key and not a signal. The run must get the signal first.
      process.emit("SIGINT", "SIGINT");
      lines.close();
    });
    lines.on("close", () => {
      if (hidden) process.stderr.write("\n");
      // After Ctrl-C or Ctrl-D, no answer follows.
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

/**
 * Returns an output for readline that writes bytes, because the output guard would remove readline's control
 * characters from text.
 */
function drawnOnStderr(): Writable {
  const output = new Writable({ write: (chunk, _encoding, done) => void process.stderr.write(chunk, done) });
  return Object.assign(output, { columns: process.stderr.columns });
}

/** Asks for a line of text. An empty answer means `otherwise`. */
export async function askLine(question: string, otherwise: string): Promise<string> {
  const answer = await readAnswer(`${question}${otherwise === "" ? "" : ` [${otherwise}]`}: `, false);
  return answer.trim() || otherwise;
}
