import { keyTries } from "./key-tries.ts";
import type { LoginTry, LoginWish } from "./login-try.ts";
import { passwordTries } from "./password-tries.ts";

/**
 * The tries in ssh's order: keys, the server's questions, passwords. What the server does not take, or takes no more after a part of the
 * login is done, is not tried.
 *
 * Some servers take whoever comes with nothing. ssh tries that first: a round trip more where there is a key. Here it is first where
 * there is no other, or where the user would be asked for one, and else the last: it may be one failure too many.
 */
export async function* loginTries(wish: LoginWish): AsyncGenerator<LoginTry> {
  const { username, settings, answers } = wish;
  const { methods } = settings;
  // Whoever yields it takes it away.
  const nothing: LoginTry[] = [{ type: "none", username }];
  const isFirst = () => answers.allowed().length === 0;
  const beforeAsking = () => (isFirst() ? nothing.splice(0) : []);
  const takesKeys = () =>
    methods.includes("publickey") && (isFirst() || answers.allowed().includes("publickey"));
  async function* withKeys(): AsyncGenerator<LoginTry> {
    const keys = keyTries(wish, beforeAsking);
    while (takesKeys()) {
      const { value, done } = await keys.next();
      if (done) break;
      yield value;
    }
  }
  // PreferredAuthentications may have passwords before keys.
  const isKeyFirst = methods[0] === "publickey";
  if (isKeyFirst) yield* withKeys();
  yield* beforeAsking();
  yield* passwordTries(wish);
  if (!isKeyFirst) yield* withKeys();
  yield* nothing;
}
