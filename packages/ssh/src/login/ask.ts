/** How the user is asked. Only one question is put at a time. */
export interface Ask {
  /** The answer is not shown while it is typed, unless `isShown`. */
  readonly secret: (question: string, how?: AnswerWish) => Promise<string>;
  readonly confirm: (question: string) => Promise<boolean>;
  /** Shows what wants no answer here: that a security key waits to be touched. */
  readonly tell?: ((text: string) => void) | undefined;
}

/** What an answer is like. */
export interface AnswerWish {
  readonly isShown?: boolean;
  /** Of use once, as a code of one time is: whoever asks the same has to ask anew. */
  readonly isOnce?: boolean;
}

/** Asks each question once a run, however many want the answer, and one after the other. */
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
