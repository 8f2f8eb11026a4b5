import type { Connection } from "../machine/connection.ts";
import type { Login } from "../machine/connections.ts";
import type { Status, Switch, Table } from "../run/events.ts";
import type { Host } from "../site/host.ts";
import type { Site } from "../site/site.ts";
import type { SiteOptions } from "../site/site-options.ts";
import type { Cells, CommandValue } from "./cell.ts";

/** The result that a command reports when it ends. No result means `ok`. */
export interface Outcome {
  readonly status: Exclude<Status, "failed">;
  /**
   * A few words for the line that reports the end of the task. Beside a value, they are also in the last line
   * of each host.
   */
  readonly note?: string | undefined;
  /** The value for people, in columns. At the end of the run hostout prints one table for all hosts. */
  readonly table?: Table | undefined;
  /**
   * Whether only `--verbose` prints the end of the task when it is a step of another command. Default false.
   */
  readonly detail?: boolean | undefined;
  /** The result for the calling command, for scripts and for `--json`. JSON must be able to hold it. */
  readonly value?: unknown;
  /** The outcome of each host, where a command ran over several hosts. */
  readonly hosts?: readonly HostOutcome[] | undefined;
}

/** The end of a command on one host. */
export interface HostOutcome {
  readonly site: string;
  readonly host: string;
  readonly status: Outcome["status"];
  readonly value?: unknown;
}

/**
 * Arguments and flags as the caller gave them. Flags have their name in code. A flag that the caller did not
 * give is absent.
 */
export interface Invocation {
  readonly args: readonly string[];
  readonly flags?: Readonly<Record<string, string | boolean>> | undefined;
}

/** Calls the overridden command, with the same arguments or others. Resolves to its outcome. */
export type Next = (invocation?: Invocation) => Promise<Outcome>;

/** The answer to {@link CommonContext.confirm}. */
export type Consent = "yes" | "no" | "nobody";

/** The part of the context that every command gets. */
export interface CommonContext<O, A> {
  readonly site: Site;
  /** The options of the site and of the plugin. */
  readonly options: O & SiteOptions;
  /** The declared arguments and flags, by name. */
  readonly args: A;
  /** The words after the declared arguments, where the command takes them. */
  readonly rest: readonly string[];
  /** This machine. */
  readonly local: Connection;
  readonly dryRun: boolean;
  /** Aborted when the run must end. Start nothing new after that. */
  readonly signal: AbortSignal;
  /** Prints a line for the user. */
  readonly note: (line: string) => void;
  /**
   * Warns the user: the command succeeds, but omits or changes something that the user may rely on. `--quiet`
   * prints warnings too, and the recap counts them. The text does not begin with "warning:".
   */
  readonly warn: (text: string) => void;
  /** Prints a line about how the command works. In a step of another command, only `--verbose` prints it. */
  readonly detail: (line: string) => void;
  /**
   * Asks the user to agree to a change. `yes` without a question with `--yes`. `nobody` where no user can answer:
   * the command then refuses, with the line to type as its hint.
   */
  readonly confirm: (question: string) => Promise<Consent>;
  /** Runs another command of the site by name, with all its overrides. */
  readonly call: (command: string, invocation?: Invocation) => Promise<Outcome>;
  /**
   * Returns the hosts of another site of the configuration, for commands that move data between sites. Each
   * has its own login, lock, options and label. Its `call` runs a command of that site on that host.
   *
   * @throws HostoutError `unknown-site`
   */
  readonly otherSite: (name: string) => Promise<readonly HostContext[]>;
  /**
   * Does `work` while no other part of this run holds the same key, such as a folder that two sites share.
   */
  readonly exclusive: <T>(key: string, work: () => Promise<T>) => Promise<T>;
  /**
   * Returns the value of an earlier command on this host, from this run or the run that it resumes. Undefined
   * where no such value exists. For a command that runs once for a site, the value of its first host.
   */
  readonly resultOf: <T>(value: CommandValue<T>) => T | undefined;
  /**
   * The cells that the commands of this run share on this host, or for the site where they run once for it.
   */
  readonly shared: Cells;
}

/** The context of a command that runs once for a site. */
export interface SiteContext<O = unknown, A = unknown> extends CommonContext<O, A> {
  readonly hosts: readonly Host[];
}

/** The context of a command that runs on each host. */
export interface HostContext<O = unknown, A = unknown> extends CommonContext<O, A> {
  readonly host: Host;
  readonly remote: Connection;
  /**
   * Returns a connection with this host by another login, for a command that prepares the login of the site. Such
   * a command declares `ownLogin`.
   */
  readonly loginAs: (login: Login) => Connection;
  /**
   * Reports the new live release of the host, for the recap. null means none, and undefined means that it is
   * no longer known. The store of `@hostout/releases` calls this after each switch and each look at the host.
   *
   * `lastSwitch` is the last switch in the log of the host, where the command has just read that log. null means an
   * empty log. `resume` compares it with the log to find switches of other runs.
   */
  readonly live: (release: string | null | undefined, lastSwitch?: Switch | null) => void;
}
