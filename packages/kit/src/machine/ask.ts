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
