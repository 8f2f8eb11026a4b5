import type { Command, Connection } from "@hostout/kit";
import { shellText } from "@hostout/kit";

/**
 * Makes the connection of a dry run, which only prints its changes. Questions (`test`, `capture`, `dial`) go to the
 * real machine.
 */
export function dryRunConnection(real: Connection, note: (line: string) => void): Connection {
  const would = async (what: string) => note(`would ${what}`);
  const done = { stdout: "", stderr: "", durationMs: 0 };
  return {
    ...real,
    dryRun: true,
    run: async (command, { cwd, env, title } = {}) => {
      await would(`run: ${title ?? shellText(command, { env })}${cwd === undefined ? "" : ` (in ${cwd})`}`);
      return done;
    },
    endDetached: async () => [],
    upload: (local, remote) => would(`send: ${local} -> ${remote}`),
    download: (remote, local) => would(`fetch: ${remote} -> ${local}`),
    sync: async ({ direction, local, remote, delete: remove }) => {
      const way = direction === "push" ? `send: ${local} -> ${remote}` : `fetch: ${remote} -> ${local}`;
      await would(remove ? `${way}, and remove what is not in the source` : way);
      return { changed: [], transferredBytes: 0, by: "rsync" };
    },
    interact: async (command?: Command) => {
      await would(command ? `run: ${shellText(command)}` : "open a shell");
      return 0;
    },
    as: (account) => dryRunConnection(real.as(account), note),
  };
}
