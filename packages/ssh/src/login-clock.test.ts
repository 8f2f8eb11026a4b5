import { makeLoginClock } from "./login-clock.ts";

test("an answer that comes after the end of a login counts no time", async () => {
  let isLate = false;
  const clock = makeLoginClock(10, () => {
    isLate = true;
  });
  const { promise: answer, resolve } = Promise.withResolvers<string>();
  const asking = clock.around({ secret: () => answer, confirm: async () => true }).secret("Password");
  clock.end();
  resolve("word");
  await asking;
  await new Promise((done) => setTimeout(done, 50));
  expect(isLate).toBe(false);
});
