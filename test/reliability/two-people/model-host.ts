import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type Connection, HostoutError, type RunOptions, type RunResult } from "@hostout/kit";
import { answer } from "./model-answers.ts";
import { hold, type ModelStore } from "./model-store.ts";

/** A connection to a host that is a store in memory. What else a host has, it has not: asked for that, it throws. */
export function modelConnection(name: string, store: ModelStore, at: () => string): Connection {
  const failed = (status: number) =>
    new HostoutError({ code: "command-failed", message: `'sh' ended with ${status}`, host: name, status });
  const read = async ({ input = "" }: RunOptions = {}) =>
    input instanceof Readable ? String(await buffer(input)) : String(input);
  const run: Connection["run"] = async (command, options): Promise<RunResult> => {
    if (options?.background) {
      const holding = hold(store, (command as readonly string[]).slice(5));
      const input = options.input as Readable;
      input.on("end", () => holding.end(0)).resume();
      const status = await holding.ended;
      if (status !== 0) throw failed(status);
      return { stdout: "", stderr: "", durationMs: 0 };
    }
    const { status, stdout } = await answer(store, command, await read(options), at);
    if (status !== 0) throw failed(status);
    return { stdout, stderr: "", durationMs: 0 };
  };
  const none = async (): Promise<never> => {
    throw new Error("the model has only the store of a site");
  };
  const connection: Connection = {
    ...{ name, user: "zope", dryRun: false, run },
    endDetached: async () => [],
    test: async (command, options) =>
      run(command, options).then(
        () => true,
        () => false,
      ),
    capture: async (command, options) => (await run(command, options)).stdout.replace(/\n+$/, ""),
    ...{ upload: none, download: none, sync: none, dial: none, interact: none },
    as: () => connection,
  };
  return connection;
}
