import { type Command, type Connection, HostoutError, shellText } from "@hostout/kit";

/** What a fake machine answers to commands that match. */
export interface FakeAnswer {
  readonly command: RegExp;
  readonly stdout?: string;
  /** Exit status; not 0 makes `run` and `capture` throw and `test` false. */
  readonly status?: number;
}

/** One call, as data. */
export interface FakeCall {
  readonly method: "run" | "test" | "capture" | "upload" | "download" | "sync" | "interact";
  readonly account: string;
  /** The command as a shell line, or the two paths. */
  readonly text: string;
}

/** A connection that records what is asked of it and answers from a list: for the logic of a plugin, without any machine. */
export function fakeConnection(
  name: string,
  answers: readonly FakeAnswer[] = [],
  calls: FakeCall[] = [],
  account = "login",
): Connection & { readonly calls: readonly FakeCall[] } {
  const answerTo = (text: string) => answers.find(({ command }) => command.test(text));
  const record = (method: FakeCall["method"], text: string) => {
    calls.push({ method, account, text });
    return answerTo(text);
  };
  const ask = (method: "run" | "capture", command: Command) => {
    const text = shellText(command);
    const answer = record(method, text);
    if ((answer?.status ?? 0) === 0) return answer?.stdout ?? "";
    throw new HostoutError({
      code: "command-failed",
      message: `'${text}' ended with ${answer?.status}`,
      host: name,
    });
  };
  return {
    name,
    user: account,
    dryRun: false,
    calls,
    run: async (command) => ({ stdout: ask("run", command), stderr: "", durationMs: 0 }),
    test: async (command) => {
      const answer = record("test", shellText(command));
      return answer !== undefined && (answer.status ?? 0) === 0;
    },
    capture: async (command) => ask("capture", command),
    upload: async (local, remote) => void record("upload", `${local} -> ${remote}`),
    download: async (remote, local) => void record("download", `${remote} -> ${local}`),
    sync: async ({ direction, local, remote }) => {
      record("sync", direction === "push" ? `${local} -> ${remote}` : `${remote} -> ${local}`);
      return { changed: [], transferredBytes: 0, by: "rsync" };
    },
    interact: async (command) => record("interact", command ? shellText(command) : "")?.status ?? 0,
    as: (other) => fakeConnection(name, answers, calls, other),
  };
}
