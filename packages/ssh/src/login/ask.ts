import type { Ask } from "@hostout/kit";

/** Asks each question once a run, however many callers want the answer, and one question at a time. */
export function makeAskOnce(ask: Ask | undefined): Ask | undefined {
  if (!ask) return undefined;
  let last: Promise<unknown> = Promise.resolve();
  const answers = new Map<string, Promise<unknown>>();
  const inTurn = <T>(put: () => Promise<T>): Promise<T> => {
    const answer = last.then(put, put);
    last = answer.catch(() => undefined);
    return answer;
  };
  const once = <T>(question: string, put: () => Promise<T>): Promise<T> => {
    const known = answers.get(question) as Promise<T> | undefined;
    if (known) return known;
    const answer = inTurn(put);
    answers.set(question, answer);
    return answer;
  };
  return {
    secret: (question, how) => {
      const put = () => ask.secret(question, how);
      return how?.isOnce ? inTurn(put) : once(question, put);
    },
    confirm: (question) => once(question, () => ask.confirm(question)),
    tell: ask.tell,
  };
}

/** Remembers the password that a login asked for last, as sudo on the host mostly wants the same one. */
export function rememberLogin(ask: Ask | undefined): {
  readonly ask: Ask | undefined;
  readonly password: () => string | undefined;
} {
  let last: string | undefined;
  const secret: Ask["secret"] = async (question, how) => {
    const answer = await ask!.secret(question, how);
    if (how?.isLogin) last = answer;
    return answer;
  };
  return { ask: ask && { ...ask, secret }, password: () => last };
}
