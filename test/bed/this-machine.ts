import { userInfo } from "node:os";
import type { Transport } from "@hostout/kit";
import type { Machine } from "../../packages/ssh/src/command/machine.ts";
import { localTransport } from "../../packages/ssh/src/transport/local-transport.ts";

/** How this machine differs from itself. */
interface Differences {
  readonly name?: string;
  /** Environment variables that its commands have besides those of the tests. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Starts commands in another way. */
  readonly start?: (local: Transport) => Transport["start"];
}

/** This machine as a host, reached without a login. Each account is the one that runs the tests. */
export function thisMachine({
  name = "web1",
  environment = {},
  signal = new AbortController().signal,
  start,
}: Differences = {}): Machine {
  const user = userInfo().username;
  const local = localTransport({ name: "localhost", user, environment: { ...process.env, ...environment } });
  return {
    name,
    signal,
    output: { line: () => undefined, progress: () => undefined, mark: "run.test" },
    accounts: { login: user, effective: user, root: user, buildout: user },
    transport: async () => (start ? { ...local, start: start(local) } : local),
    sudo: {} as never,
    found: new Map(),
    atEnd: () => undefined,
  };
}
