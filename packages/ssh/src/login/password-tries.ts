import { askTimes, type LoginTry, type LoginWish, type Prompt } from "./login-try.ts";

/**
 * Yields the tries that answer a question, in ssh's order: the server's own questions (keyboard-interactive), then
 * `password`.
 * The configured password is the first answer to a question for one. After that the user answers, three times for each
 * way, as in ssh.
 */
export async function* passwordTries(wish: LoginWish): AsyncGenerator<LoginTry> {
  yield* keyboardTries(wish);
  const { username, settings, credentials, answers, log } = wish;
  const mayTry = () => settings.methods.includes("password") && answers.allowed().includes("password");
  if (credentials.password !== undefined && mayTry()) {
    log.tried.push("the option password");
    yield { type: "password", username, password: credentials.password };
  }
  for (let times = 1; credentials.ask && times <= askTimes && mayTry(); times++) {
    const password = await credentials.ask.secret(passwordQuestion(wish, times), { isLogin: true });
    if (times === 1) log.tried.push("the password that was typed");
    yield { type: "password", username, password };
  }
}

async function* keyboardTries(wish: LoginWish): AsyncGenerator<LoginTry> {
  const { username, settings, credentials, answers, log } = wish;
  if (!settings.methods.includes("keyboard-interactive")) return;
  const { password, ask } = credentials;
  const first = password === undefined ? 1 : 0;
  for (let times = first; times <= (ask ? askTimes : 0); times++) {
    if (!answers.allowed().includes("keyboard-interactive")) return;
    let isAsked = false;
    const name = times === 0 ? "the option password" : "the answers that were typed";
    if (!log.tried.includes(name)) log.tried.push(name);
    yield {
      type: "keyboard-interactive",
      username,
      prompt: (_name, instructions, _language, prompts, finish) => {
        isAsked = true;
        answerAll(wish, times, instructions, prompts).then(finish, wish.giveUp);
      },
    };
    // A server may offer this way and have no question.
    if (!isAsked) {
      log.tried.splice(log.tried.indexOf(name), 1);
      return;
    }
  }
}

const isPassword = ({ prompt, echo }: Prompt) => !echo && /^\s*password\s*:?\s*$/i.test(prompt);

/** @param times 0: the configured password is an answer */
async function answerAll(
  wish: LoginWish,
  times: number,
  instructions: string,
  prompts: readonly Prompt[],
): Promise<string[]> {
  const { username, label, log } = wish;
  const { password, ask } = wish.credentials;
  const given: string[] = [];
  for (const prompt of prompts) {
    const asked = prompt.prompt.trim().replace(/:$/, "");
    if (times === 0 && !prompt.echo && /password/i.test(asked) && !/new/i.test(asked)) given.push(password!);
    else if (!ask) {
      log.fault(`the host's question '${asked}'`, {
        why: "has no answer, for nobody can be asked",
        hint: "Run hostout in a terminal.",
      });
      given.push("");
    } else if (isPassword(prompt))
      given.push(await ask.secret(passwordQuestion(wish, Math.max(times, 1)), { isLogin: true }));
    else {
      const above = instructions.trim() === "" ? "" : `${instructions.trim()}\n`;
      const question = `${log.faultsText()}${above}(${username}@${label}) ${asked}`;
      given.push(await ask.secret(question, { isShown: prompt.echo === true, isOnce: true }));
    }
  }
  return given;
}

function passwordQuestion({ username, label, log }: LoginWish, times: number): string {
  const again = times === 1 ? "" : ` (refused; ${times} of ${askTimes})`;
  return `${log.faultsText()}Password of ${username}@${label}${again}`;
}
