import { Duplex } from "node:stream";
import { type Command, type Connection, HostoutError, type RunOptions, shellText } from "@hostout/kit";

/** The answer of a fake machine to matching commands. */
export interface FakeAnswer {
  /** Matched against the command as a shell line. For a connection, matched against `dial 127.0.0.1:8080`. */
  readonly command: RegExp;
  /** Output of the command. For a connection, all data that it delivers. */
  readonly stdout?: string;
  /** Exit status. Any status but 0 makes `run`, `capture` and `dial` throw, and `test` return false. */
  readonly status?: number;
}

/** One call, as data. */
export interface FakeCall {
  readonly method:
    | "run"
    | "endDetached"
    | "test"
    | "capture"
    | "upload"
    | "download"
    | "sync"
    | "dial"
    | "interact";
  readonly account: string;
  /**
   * The command as a shell line with its folder and environment variables, or the two paths, or
   * `ADDRESS:PORT`.
   */
  readonly text: string;
}

interface FakeConnectionSettings {
  /** Whether to behave as in a dry run: nothing succeeds or fails, and `run` has no output. */
  readonly dryRun?: boolean;
  readonly record?: (call: FakeCall) => void;
}

/**
 * Makes a connection that records its calls and answers from a list. Tests the logic of a plugin without any
 * machine.
 *
 * A call without a matching answer succeeds without output. Two methods differ: `test` returns false, and
 * `dial` throws because nothing listens.
 */
export function fakeConnection(
  name: string,
  answers: readonly FakeAnswer[] = [],
  settings: FakeConnectionSettings = {},
): Connection & { readonly calls: readonly FakeCall[] } {
  const calls: FakeCall[] = [];
  const record = (call: FakeCall) => {
    calls.push(call);
    settings.record?.(call);
  };
  return { ...connect({ name, answers, dryRun: settings.dryRun ?? false, record }, "login"), calls };
}

interface Machine {
  readonly name: string;
  readonly answers: readonly FakeAnswer[];
  readonly dryRun: boolean;
  readonly record: (call: FakeCall) => void;
}

function connect(machine: Machine, account: string): Connection {
  const { name, answers, dryRun } = machine;
  const record = (method: FakeCall["method"], text: string) => {
    machine.record({ method, account, text });
    return answers.find(({ command }) => command.test(text));
  };
  const ask = (method: "run" | "capture", command: Command, options?: RunOptions) => {
    const text = shellText(command, options);
    const answer = record(method, text);
    if (dryRun && method === "run") return "";
    if ((answer?.status ?? 0) === 0) return answer?.stdout ?? "";
    throw new HostoutError({
      code: "command-failed",
      message: `'${text}' ended with ${answer?.status}`,
      host: name,
      status: answer?.status,
    });
  };
  return {
    name,
    user: account,
    dryRun,
    run: async (command, options) => ({ stdout: ask("run", command, options), stderr: "", durationMs: 0 }),
    endDetached: async (below) => {
      record("endDetached", below);
      return [];
    },
    test: async (command, options) => {
      const answer = record("test", shellText(command, options));
      return answer !== undefined && (answer.status ?? 0) === 0;
    },
    capture: async (command, options) => ask("capture", command, options),
    upload: async (local, remote) => void record("upload", `${local} -> ${remote}`),
    download: async (remote, local) => void record("download", `${remote} -> ${local}`),
    sync: async ({ direction, local, remote }) => {
      record("sync", direction === "push" ? `${local} -> ${remote}` : `${remote} -> ${local}`);
      return { changed: [], transferredBytes: 0, by: "rsync" };
    },
    dial: async (address, port) => {
      const place = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
      machine.record({ method: "dial", account, text: place });
      const answer = answers.find(({ command }) => command.test(`dial ${place}`));
      if (answer && (answer.status ?? 0) === 0) return saying(answer.stdout ?? "");
      throw new HostoutError({ code: "failed", message: `${name}: nothing listens on ${place}`, host: name });
    },
    interact: async (command) => record("interact", command ? shellText(command) : "")?.status ?? 0,
    as: (other) => connect(machine, typeof other === "string" ? other : other.user),
  };
}

/** Makes a connection that delivers `text`, whatever the caller writes to it. */
function saying(text: string): Duplex {
  const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  stream.on("error", () => undefined);
  stream.push(text);
  stream.push(null);
  return stream;
}
