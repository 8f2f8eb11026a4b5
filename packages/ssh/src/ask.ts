/** How the user is asked. Only one question is put at a time. */
export interface Ask {
  /** The answer is not shown while it is typed. */
  readonly secret: (question: string) => Promise<string>;
  readonly confirm: (question: string) => Promise<boolean>;
}

/** Asks each question once a run, however many want the answer, and one after the other. */
export function makeAskOnce(ask: Ask | undefined): Ask | undefined {
  if (!ask) return undefined;
  let last: Promise<unknown> = Promise.resolve();
  const answers = new Map<string, Promise<unknown>>();
  const once = <T>(question: string, put: () => Promise<T>): Promise<T> => {
    const known = answers.get(question) as Promise<T> | undefined;
    if (known) return known;
    const answer = last.then(put, put);
    last = answer.catch(() => undefined);
    answers.set(question, answer);
    return answer;
  };
  return {
    secret: (question) => once(question, () => ask.secret(question)),
    confirm: (question) => once(question, () => ask.confirm(question)),
  };
}
