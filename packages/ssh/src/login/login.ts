import { keyTries } from "./key-tries.ts";
import type { LoginTry, LoginWish } from "./login-try.ts";
import { passwordTries } from "./password-tries.ts";

/**
 * Yields the tries in ssh's order: keys, the server's questions, passwords. Skips ways that the server does not accept,
 * or no longer accepts after a part of the login.
 *
 * Some servers accept a login without credentials. ssh tries that first, which costs a round trip if there is a key.
 * hostout tries it first only if there is no other way, or if the user would have to answer a question. Otherwise
 * hostout tries it last, because a server counts failures.
 */
export async function* loginTries(wish: LoginWish): AsyncGenerator<LoginTry> {
  const { username, settings, answers } = wish;
  const { methods } = settings;
  // The first place that yields this try removes it from the list.
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
  // PreferredAuthentications may put passwords before keys.
  const isKeyFirst = methods[0] === "publickey";
  if (isKeyFirst) yield* withKeys();
  yield* beforeAsking();
  yield* passwordTries(wish);
  if (!isKeyFirst) yield* withKeys();
  yield* nothing;
}
