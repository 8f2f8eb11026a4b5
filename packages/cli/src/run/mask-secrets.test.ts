import type { Event } from "@hostout/kit";
import { maskSecrets } from "./mask-secrets.ts";

const failed = (message: string) =>
  ({ type: "task.end", status: "failed", error: { code: "command-failed", message } }) as unknown as Event;

test.each(['pa"ss', "pa\\ss", "pa\tss", "päss"])(
  "a secret is hidden whatever signs it is made of: %j",
  (secret) => {
    const told: Event[] = [];
    maskSecrets(
      (event) => told.push(event),
      () => [secret],
    )(failed(`'login ${secret}' ended with 1`));
    expect(told).toEqual([failed("'login ***' ended with 1")]);
  },
);
