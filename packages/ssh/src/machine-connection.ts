import type { Account, Command, Connection, Terminal } from "@hostout/kit";
import { HostoutError, shellText } from "@hostout/kit";
import { startAs } from "./command/become.ts";
import { answerOf, executeOrThrow, succeeds } from "./command/execute.ts";
import { endDetached, executeDetached } from "./command/execute-detached.ts";
import { type Machine, userOf } from "./command/machine.ts";
import { dial } from "./dial/dial.ts";
import { lineForTerminal } from "./shell/login-shell.ts";
import { download, upload } from "./transfer/file-transfer.ts";
import { sync } from "./transfer/sync.ts";

/** Makes the connection of one task to one machine. `here` is this machine, where hostout reads and writes files. */
export function machineConnection(
  machine: Machine,
  here: Machine,
  terminal: Terminal | undefined,
  account: Account = "login",
  user = "",
): Connection {
  return {
    name: machine.name,
    user: userOf(machine, account) ?? user,
    dryRun: false,
    address: async () => (await machine.transport()).address,
    run: (command, options) =>
      options?.detached
        ? executeDetached(machine, account, command, options)
        : executeOrThrow(machine, account, command, options),
    endDetached: (below, except) => endDetached(machine, account, below, except),
    test: (command, options) => succeeds(machine, account, command, options),
    capture: async (command, options) =>
      (await answerOf(machine, account, command, options)).replace(/\n+$/, ""),
    upload: (local, remote, options) => upload(machine, account, local, remote, options),
    download: (remote, local) => download(machine, account, remote, local),
    sync: (request) => sync({ machine, account }, here, request),
    dial: (address, port) => dial(machine, { address, port }),
    interact: (command, options) => interact(machine, account, command, terminal, options?.cwd),
    as: (other) => machineConnection(machine, here, terminal, other, user),
  };
}

async function interact(
  machine: Machine,
  account: Account,
  command: Command | undefined,
  terminal: Terminal | undefined,
  cwd: string | undefined,
): Promise<number> {
  if (!terminal) {
    throw new HostoutError({
      code: "no-input",
      message: "a shell needs a terminal, and there is none",
      hint: "Run hostout in a terminal, or use the command run.",
    });
  }
  const transport = await machine.transport();
  const wanted = userOf(machine, account) ?? transport.user;
  const line = shellText(command ?? ["sh", "-c", `exec "\${SHELL:-/bin/sh}"`], { cwd });
  if (wanted === transport.user) return transport.interact(lineForTerminal(line), terminal);
  // Tries the account's right first, so that a refusal gives the usual error.
  (await startAs(transport, { user: wanted, line: "true" }, machine.sudo)).stdin.end();
  const words = becoming(transport.user, wanted, command && line);
  return transport.interact(lineForTerminal(shellText(words)), terminal);
}

/** Returns the words that become another account on the terminal: for its login shell, or for a line. */
function becoming(user: string, wanted: string, line: string | undefined): readonly string[] {
  if (line === undefined) return user === "root" ? ["su", wanted] : ["sudo", "-i", "-u", wanted];
  const shell = ["/bin/sh", "-c", line];
  return user === "root"
    ? ["su", "-s", "/bin/sh", wanted, "-c", line]
    : ["sudo", "-H", "-u", wanted, "--", ...shell];
}
