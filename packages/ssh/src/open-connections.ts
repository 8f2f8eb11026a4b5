import { userInfo } from "node:os";
import {
  type Ask,
  type Connection,
  type Connections,
  type Host,
  type Login,
  readOptions,
  type Site,
  type TaskOutput,
  type Terminal,
  type Transport,
} from "@hostout/kit";
import { type SudoState, startAs } from "./command/become.ts";
import type { Machine } from "./command/machine.ts";
import { sudoState } from "./command/sudo-state.ts";
import { asLogin } from "./login/as-login.ts";
import { makeAskOnce, rememberLogin } from "./login/ask.ts";
import { loginAhead } from "./login/login-ahead.ts";
import { mayAsk } from "./login/may-ask.ts";
import { machineConnection } from "./machine-connection.ts";
import { makeOnce } from "./process/once.ts";
import { makeSharedShells, type SharedShells } from "./shell/shared-shell.ts";
import { makeConnectionPool } from "./transport/connection-pool.ts";
import { dryRunConnection } from "./transport/dry-run-connection.ts";
import { localTransport } from "./transport/local-transport.ts";
import { makeTransportChoice } from "./transport/own-transports.ts";

export interface ConnectionSettings {
  readonly dryRun: boolean;
  /** Undefined: hostout can ask nobody. */
  readonly ask: Ask | undefined;
  /** Aborted: hostout ends the running commands. */
  readonly signal: AbortSignal;
  /** HOME, SSH_AUTH_SOCK, HOSTOUT_SSH_CONFIG. Commands on this machine run with these variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The terminal for shells. Undefined: no terminal. */
  readonly terminal?: Terminal | undefined;
}

/** A machine's session and the answers about the machine, shared by all tasks of the run. */
interface Session {
  readonly transport: () => Promise<Transport>;
  /** Begins to open the session, as far as nobody has to be asked. */
  readonly expect: () => void;
  readonly sudo: SudoState;
  readonly found: Map<string, Promise<boolean>>;
  readonly shells?: SharedShells;
  readonly atEnd: (work: () => Promise<void>) => void;
  /** Returns the warnings that were not shown yet. */
  readonly takeWarnings: (transport: Transport) => readonly string[];
}

/** Opens each host's session at its first use, and keeps it for all sites and tasks of the run. */
export function openConnections(settings: ConnectionSettings): Connections {
  const ask = makeAskOnce(settings.ask);
  const once = makeOnce();
  const transportOf = makeTransportChoice(once);
  /** Returns whether ssh may have to ask the user a question on the way to a host. */
  const asksOnTheWay = async (site: Site, host: Host) => {
    const { name, isOwn } = transportOf(site);
    const { identityFile } = readOptions(site);
    return isOwn && name !== "local" && mayAsk(host, identityFile, settings.environment, once);
  };
  const sessions = new Map<string, Session>();
  const opened: Promise<Transport>[] = [];
  const ending: (() => Promise<void>)[] = [];
  const closing = new AbortController();
  const unwanted = (more: AbortSignal | undefined) => {
    // After an interrupt hostout opens a session only to end commands there.
    const interrupt = settings.signal.aborted ? AbortSignal.timeout(endingMs) : settings.signal;
    return AbortSignal.any([closing.signal, interrupt, ...(more ? [more] : [])]);
  };
  const atEnd = (work: () => Promise<void>) => void ending.push(work);
  const user = userInfo().username;
  const own = localTransport({ name: "localhost", user, environment: settings.environment });
  const here: Session = {
    transport: async () => own,
    expect: () => undefined,
    sudo: {
      password: ask && (() => ask.secret(`Password of ${user} for sudo on this machine`)),
      otherPassword:
        ask &&
        ((times) => ask.secret(`Password of ${user} for sudo on this machine (refused; ${times} of 3)`)),
      needsPassword: false,
    },
    found: new Map(),
    atEnd,
    takeWarnings: () => [],
  };
  const localMachine = (site: Site, output: TaskOutput): Machine => {
    const { effectiveUser, buildoutUser } = readOptions(site);
    const accounts = { login: undefined, root: "root", effective: effectiveUser, buildout: buildoutUser };
    return { name: "localhost", accounts, output, signal: settings.signal, ...here };
  };
  const open = (
    site: Site,
    host: Host,
    { mayAsk: isAsked = true, isFresh = false }: Partial<Login> = {},
  ): Session => {
    const { identityFile, password, proxyJump } = readOptions(site);
    const { name, definition, isOwn } = transportOf(site);
    // A plugin's transport may read any option of the site.
    const key = JSON.stringify([
      ...[host.user, host.address, host.port, name],
      ...(isOwn ? [identityFile, proxyJump] : [site.name]),
      ...(isAsked ? [] : ["asks nothing"]),
      ...(isFresh ? [sessions.size] : []),
    ]);
    const known = sessions.get(key);
    if (known) return known;
    const asked = isAsked ? ask : undefined;
    const login = rememberLogin(asked);
    const ahead = loginAhead(
      (ask, signal) =>
        definition.connect({
          ...{ site, host, ask, environment: settings.environment },
          signal: unwanted(signal),
        }),
      login.ask,
      closing.signal,
    );
    const shells = makeSharedShells();
    const kept = makeConnectionPool(() => {
      const transport = ahead.open();
      opened.push(transport);
      return transport;
    }, shells.close);
    const session: Session = {
      transport: () => {
        ahead.want();
        return kept();
      },
      // The work itself reports an unreachable machine, and tries again.
      expect: () => void kept().catch(() => undefined),
      atEnd,
      sudo: sudoState(host, password, asked, login.password),
      found: new Map(),
      shells,
      takeWarnings: makeTakeWarnings(),
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
    remote: (ofSite, ofHost, output, login) => {
      const { site, host } = login ? asLogin(ofSite, ofHost, login) : { site: ofSite, host: ofHost };
      const { effectiveUser, buildoutUser, commandTimeout: timeoutMs } = readOptions(site);
      const accounts = { login: undefined, root: "root", effective: effectiveUser, buildout: buildoutUser };
      const { signal } = settings;
      const session = open(site, host, login);
      const transport = async () => {
        const opened = await session.transport();
        for (const line of session.takeWarnings(opened)) output.line("warning", host.name, line);
        return opened;
      };
      const machine: Machine = {
        ...{ name: host.name, accounts, output, signal, timeoutMs, ...session, transport },
      };
      const connection = machineConnection(
        machine,
        localMachine(site, output),
        settings.terminal,
        "login",
        transportOf(site).name === "local" ? user : (host.user ?? "root"),
      );
      return wrap(connection, output);
    },
    prepare: async (targets) => {
      if (!ask) return;
      const { default: pLimit } = await import("p-limit");
      const turns = pLimit(preparedAtOnce);
      await turns.map(targets, async ({ site, host }) => {
        const { effectiveUser, buildoutUser } = readOptions(site);
        const others = [effectiveUser, buildoutUser].filter(
          (one) => one !== undefined && one !== (host.user ?? "root"),
        );
        const becomes = (host.user ?? "root") === "root" ? [] : others;
        if (becomes.length === 0 && !(await asksOnTheWay(site, host))) return;
        const session = open(site, host);
        // The work itself reports an unreachable machine.
        const transport = await session.transport().catch(() => undefined);
        for (const account of transport ? becomes : []) {
          const process = await startAs(transport!, { user: account!, line: "true" }, session.sudo).catch(
            () => undefined,
          );
          process?.stdin.end();
        }
      });
    },
    expect: (targets) => {
      for (const { site, host } of targets) open(site, host).expect();
    },
    close: async () => {
      closing.abort();
      await Promise.allSettled(ending.map((work) => work()));
      // A shell on this machine would keep hostout from its end.
      for (const { shells } of sessions.values()) void shells?.close();
      await own.close();
      const transports = await Promise.allSettled(opened);
      await Promise.all(
        transports.map((result) => (result.status === "fulfilled" ? result.value.close() : undefined)),
      );
    },
  };
}

/** Returns each warning once, however often the session opens again. */
function makeTakeWarnings(): Session["takeWarnings"] {
  const shown = new Set<string>();
  return ({ warnings = [] }) =>
    warnings.filter((line) => {
      const isNew = !shown.has(line);
      shown.add(line);
      return isNew;
    });
}

/** The number of hosts that hostout prepares at a time. With a thousand, logins would exceed their time limit. */
const preparedAtOnce = 32;

/** Time limit for a host on which hostout ends commands, in milliseconds. */
const endingMs = 5000;
