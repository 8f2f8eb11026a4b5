/** Asks the user. Only one question is open at a time. */
export interface Ask {
  /** Asks for a secret. The terminal hides the answer while the user types, unless `isShown`. */
  readonly secret: (question: string, how?: AnswerWish) => Promise<string>;
  readonly confirm: (question: string) => Promise<boolean>;
  /** Shows a text that needs no answer here, for example that a security key waits for a touch. */
  readonly tell?: ((text: string) => void) | undefined;
}

/** Properties of an answer. */
export interface AnswerWish {
  readonly isShown?: boolean;
  /** Valid only once, as a one-time password is. hostout asks again each time it needs the answer. */
  readonly isOnce?: boolean;
  /** The answer is the password that the login user has on the host. sudo there is tried with it first. */
  readonly isLogin?: boolean;
}
