import { getEventListeners } from "node:events";
import type { Ask, Transport } from "@hostout/kit";
import { loginAhead } from "./login-ahead.ts";

const ask: Ask = { secret: async () => "x", confirm: async () => true, tell: () => undefined };
const transport = {} as Transport;

test("a login that has to ask too early begins again when a task needs it", async () => {
  const closing = new AbortController();
  const asked: boolean[] = [];
  const ahead = loginAhead(
    async (given, signal) => {
      asked.push(given === ask);
      const aborted = new Promise<never>((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(new Error("given up"))),
      );
      await Promise.race([given!.secret("?"), aborted]);
      return transport;
    },
    ask,
    closing.signal,
  );
  const opened = ahead.open();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(asked).toEqual([false]);
  ahead.want();
  expect(await opened).toBe(transport);
  expect(asked).toEqual([false, true]);
  expect(getEventListeners(closing.signal, "abort")).toHaveLength(0);
});

test("sessions that need no answer add no listener for the end of the run, however many hosts there are", async () => {
  const closing = new AbortController();
  for (let host = 0; host < 20; host++) await loginAhead(async () => transport, ask, closing.signal).open();
  expect(getEventListeners(closing.signal, "abort")).toHaveLength(0);
});

test("a login that waits for its task ends with the run", async () => {
  const closing = new AbortController();
  const ahead = loginAhead(
    (given, signal) => {
      const aborted = new Promise<never>((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(new Error("given up"))),
      );
      void given!.secret("?");
      return aborted;
    },
    ask,
    closing.signal,
  );
  const opened = ahead.open();
  opened.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 10));
  closing.abort(new Error("over"));
  await expect(opened).rejects.toThrow("over");
});
