import { makeLoginClock } from "./login-clock.ts";

test("an answer that comes after the end of a login counts no time", async () => {
  let isLate = false;
  const clock = makeLoginClock(() => {
    isLate = true;
  });
  const { promise: answer, resolve } = Promise.withResolvers<string>();
  clock.start(10);
  const asking = clock.around({ secret: () => answer, confirm: async () => true }).secret("Password");
  clock.end();
  resolve("word");
  await asking;
  await new Promise((done) => setTimeout(done, 50));
  expect(isLate).toBe(false);
});

test("a server that is silent after an answer is late once its time is over, counted from the answer", async () => {
  const { promise: late, resolve: isLate } = Promise.withResolvers<Error>();
  const clock = makeLoginClock(isLate);
  clock.start(200);
  const slow = () => new Promise<string>((done) => setTimeout(done, 400, "word"));
  await clock.around({ secret: slow, confirm: async () => true }).secret("Password");
  const answeredMs = performance.now();
  expect((await late).message).toBe("Timed out after 0.2 s");
  expect(performance.now() - answeredMs).toBeGreaterThan(150);
});
