import { userInfo } from "node:os";
import {
  type Account,
  type Connection,
  type Connections,
  type Host,
  readOptions,
  type Site,
  type TaskOutput,
} from "@hostout/kit";
import { type Ask, makeAskOnce } from "./ask.ts";
import type { SudoState } from "./become.ts";
import { dryRunConnection } from "./dry-run-connection.ts";
import { localTransport } from "./local-transport.ts";
import type { Machine } from "./machine.ts";
import { machineConnection } from "./machine-connection.ts";
import type { Terminal, Transport } from "./transport.ts";

export interface ConnectionSettings {
  readonly dryRun: boolean;
  /** Undefined: nobody can be asked. */
  readonly ask: Ask | undefined;
  /** Aborted: commands that run are told to end. */
  readonly signal: AbortSignal;
  /** HOME, SSH_AUTH_SOCK, HOSTOUT_SSH_CONFIG; commands on this machine run with it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For shells; undefined: there is none. */
  readonly terminal?: Terminal | undefined;
}

/** A machine's session and what is known of it, shared by all tasks of the run. */
interface Session {
  readonly transport: () => Promise<Transport>;
  readonly sudo: SudoState;
  readonly found: Map<string, Promise<boolean>>;
}

/** Opens each host's session at its first use, and keeps it for all sites and tasks of the run. */
export function openConnections(settings: ConnectionSettings): Connections {
  const ask = makeAskOnce(settings.ask);
  const sessions = new Map<string, Session>();
  const opened: Promise<Transport>[] = [];
  const user = userInfo().username;
  const own = localTransport({ user, environment: settings.environment });
  const here: Session = {
    transport: async () => own,
    sudo: {
      password: ask && (() => ask.secret(`Password of ${user} for sudo on this machine`)),
      needsPassword: false,
    },
    found: new Map(),
  };
  const localMachine = (site: Site, output: TaskOutput): Machine => {
    const { effectiveUser, buildoutUser } = readOptions(site);
    const accounts = { login: undefined, root: "root", effective: effectiveUser, buildout: buildoutUser };
    return asMachine("localhost", here, accounts, output, settings.signal);
  };
  const open = (site: Site, host: Host): Session => {
    const { identityFile, password } = readOptions(site);
    const key = JSON.stringify([host.user, host.address, host.port, identityFile]);
    const known = sessions.get(key);
    if (known) return known;
    let transport: Promise<Transport> | undefined;
    const session: Session = {
      transport: () => {
        transport ??= connect(host, { identityFile, password, ask }, settings.environment);
        if (!opened.includes(transport)) opened.push(transport);
        return transport;
      },
      sudo: { password: sudoPassword(host, password, ask), needsPassword: false },
      found: new Map(),
    };
    sessions.set(key, session);
    return session;
  };
  const wrap = (connection: Connection, output: TaskOutput) =>
    settings.dryRun
      ? dryRunConnection(connection, (line) => output.line("note", connection.name, line))
      : connection;
  return {
    local: (site, output) => {
      const machine = localMachine(site, output);
      return wrap(machineConnection(machine, machine, settings.terminal, "login", user), output);
    },
    remote: (site, host, output) => {
      const { effectiveUser, buildoutUser } = readOptions(site);
      const accounts = { login: undefined, root: "root", effective: effectiveUser, buildout: buildoutUser };
      const machine = asMachine(host.name, open(site, host), accounts, output, settings.signal);
      const connection = machineConnection(
        machine,
        localMachine(site, output),
        settings.terminal,
        "login",
        host.user ?? "root",
      );
      return wrap(connection, output);
    },
    close: async () => {
      const transports = await Promise.allSettled(opened);
      await Promise.all(
        transports.map((result) => (result.status === "fulfilled" ? result.value.close() : undefined)),
      );
    },
  };
}

async function connect(
  host: Host,
  credentials: {
    readonly identityFile: string | undefined;
    readonly password: string | undefined;
    readonly ask: Ask | undefined;
  },
  environment: ConnectionSettings["environment"],
): Promise<Transport> {
  const { sshTransport } = await import("./ssh-transport.ts");
  const identityFile = credentials.identityFile?.replace(/^~(?=\/)/, environment.HOME ?? "~");
  const wish = { host: host.address, port: host.port, user: host.user, environment };
  return sshTransport(wish, host.name, { ...credentials, identityFile });
}

function sudoPassword(host: Host, password: string | undefined, ask: Ask | undefined): SudoState["password"] {
  if (password !== undefined) return async () => password;
  return ask && (() => ask.secret(`Password for sudo on ${host.name}`));
}

function asMachine(
  name: string,
  session: Session,
  accounts: Readonly<Record<Account, string | undefined>>,
  output: TaskOutput,
  signal: AbortSignal,
): Machine {
  return { name, accounts, output, signal, ...session };
}
