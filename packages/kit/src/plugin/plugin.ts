import type { Connection } from "../machine/connection.ts";
import type { TransportDefinition } from "../machine/transport.ts";
import type { Status, Switch, Table } from "../run/events.ts";
import type { Host } from "../site/host.ts";
import type { Site } from "../site/site.ts";
import type { SiteOptions } from "../site/site-options.ts";
import type { Cells, CommandValue } from "./cell.ts";
import type { CheckKind } from "./check.ts";
import type { ListenerDefinition } from "./listener.ts";
import type { OptionDeclaration, OptionDeclarations, OptionValues } from "./option.ts";
import type { SecretSource } from "./secret-source.ts";

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
   * Reports the new live release of the host, for the recap. null means none, and undefined means that it is
   * no longer known. The store of `@hostout/releases` calls this after each switch and each look at the host.
   *
   * `lastSwitch` is the last switch in the log of the host, where the command has just read that log. null means an
   * empty log. `resume` compares it with the log to find switches of other runs.
   */
  readonly live: (release: string | null | undefined, lastSwitch?: Switch | null) => void;
}

/**
 * One step of a composition: the name of a command, a command with arguments or a condition, or further
 * steps.
 */
export type Step<N extends string = string> =
  | string
  | {
      readonly command: string;
      readonly args?: readonly string[];
      /** Name in code of a boolean option of the plugin. The run skips the step where the option is false. */
      readonly when?: N;
    }
  | {
      readonly steps: readonly Step<N>[];
      /**
       * Runs the steps batch by batch (`--batch`): one batch finishes all steps before the next begins. A
       * batch that has begun is `whole`.
       */
      readonly rolling?: boolean;
      /**
       * Makes an interrupt (Ctrl-C) wait for the end of the steps, once they have begun. So a site does not
       * stay stopped half way.
       */
      readonly whole?: boolean;
      /**
       * Steps that roll a host back. They run on a host that failed in these steps. Once the failure budget
       * (`--max-failures`) is spent, they run on every host that started.
       */
      readonly undo?: readonly Step<N>[];
    };

/** The properties that every kind of command has. */
export interface CommonCommand<O extends OptionDeclarations, A> {
  /**
   * Declares that the command replaces or wraps a command of the same name in another plugin. hostout refuses
   * to load a plugin without it, because two plugins may use one name by chance. A task file of the project
   * needs no such declaration.
   */
  readonly overrides?: true;
  /**
   * Summary for the help: one line, no full stop. An override may omit it and inherit the summary of the
   * command that it overrides.
   */
  readonly summary?: string;
  /** Further text for the help. */
  readonly description?: string;
  /** Arguments by name, in the order of the line (required ones first), and flags (`option.flag`). */
  readonly args?: A;
  /**
   * Takes any number of further words. `words`, the default, are words that are not commands. `flags` also
   * takes flags that the command does not declare. `everything` takes all that follows.
   */
  readonly rest?: {
    readonly name: string;
    readonly summary: string;
    readonly takes?: "words" | "flags" | "everything";
  };
  /**
   * Options that the command requires. Without them hostout refuses the command before it touches any host.
   */
  readonly needs?: readonly ((keyof O & string) | keyof SiteOptions)[];
  /** Options that the command reads, for `explain`. Default all options of its plugin. */
  readonly reads?: readonly ((keyof O & string) | keyof SiteOptions)[];
  /**
   * Steps before the command and all commands that it overrides. If one fails, the command does not start.
   */
  readonly before?: readonly Step<keyof O & string>[];
  /** Steps after the command, once it succeeded on every host. */
  readonly after?: readonly Step<keyof O & string>[];
  /**
   * Steps on the hosts where the command failed or did not finish. The failure stays, whatever their result.
   */
  readonly onFailure?: readonly Step<keyof O & string>[];
  /**
   * Whether the command changes nothing on its hosts. In production it then needs no confirmation, and
   * `--retries` may repeat it.
   */
  readonly readOnly?: boolean;
  /**
   * Whether a second run right after the first changes nothing and reports `unchanged`. `--retries` may then
   * repeat the command.
   */
  readonly idempotent?: boolean;
  /**
   * Minimum number of retries on a host where the command failed, after 1 s, 2 s, 4 s, …. Only for a command
   * that may start twice.
   */
  readonly retries?: number;
  /** Other names of the command. */
  readonly aliases?: readonly string[];
  /** Example command lines, without `hostout SITE`. */
  readonly examples?: readonly string[];
}

/** A command that runs on each host, side by side. */
export interface HostCommand<O extends OptionDeclarations, A> extends CommonCommand<O, A> {
  readonly run: (
    context: HostContext<OptionValues<O>, OptionValues<A>>,
    next: Next,
  ) => Promise<Outcome | void>;
  readonly runOnce?: never;
  readonly steps?: never;
}

/** A command that runs once for a site, on this machine. */
export interface SiteCommand<O extends OptionDeclarations, A> extends CommonCommand<O, A> {
  readonly runOnce: (
    context: SiteContext<OptionValues<O>, OptionValues<A>>,
    next: Next,
  ) => Promise<Outcome | void>;
  readonly run?: never;
  readonly steps?: never;
}

/** A composition: each step starts when the step before it succeeded on every host. */
export interface StepsCommand<O extends OptionDeclarations, A> extends CommonCommand<O, A> {
  readonly steps: readonly Step<keyof O & string>[];
  /**
   * Wraps the steps of one host. Its `next()` runs all of them, with their barriers. Use it for a state that
   * lasts through all steps, such as a lock. On a host with nothing to do, do not call `next()`.
   */
  readonly around?: (
    context: HostContext<OptionValues<O>, OptionValues<A>>,
    next: Next,
  ) => Promise<Outcome | void>;
  /**
   * As `around`, once for each site. Its `next()` runs the steps over the hosts of that site. Sites do not
   * wait for each other between steps, so one site may wait until another site has ended.
   */
  readonly aroundOnce?: (
    context: SiteContext<OptionValues<O>, OptionValues<A>>,
    next: Next,
  ) => Promise<Outcome | void>;
  readonly run?: never;
  readonly runOnce?: never;
}

/** A command that only adds hooks to a command of another plugin. */
export interface HooksCommand<O extends OptionDeclarations, A> extends CommonCommand<O, A> {
  readonly run?: never;
  readonly runOnce?: never;
  readonly steps?: never;
}

/** A command, in one of its forms. */
export type CommandDefinition<O extends OptionDeclarations = OptionDeclarations, A = OptionDeclarations> =
  | HostCommand<O, A>
  | SiteCommand<O, A>
  | StepsCommand<O, A>
  | HooksCommand<O, A>;

/** A plugin as the rest of hostout sees it, whatever the types of its options and arguments. */
export interface Plugin {
  readonly name: string;
  readonly options: OptionDeclarations;
  // Only the plugin knows the types of its options and arguments. Here they are just declarations to read
  // values by.
  readonly commands: Readonly<Record<string, AnyCommand>>;
  /** Transports by name. The option `transport` of a site selects one. */
  readonly transports?: Readonly<Record<string, TransportDefinition>> | undefined;
  readonly listeners?: Readonly<Record<string, ListenerDefinition>> | undefined;
  /** Check kinds for the lines of the option `verify`. */
  readonly checks?: Readonly<Record<string, CheckKind>> | undefined;
  /** Secret sources, by the name in `secret:NAME:REFERENCE`. */
  readonly secrets?: Readonly<Record<string, SecretSource>> | undefined;
}

/** A command whose argument types only its plugin knows. */
export type AnyCommand = CommonCommand<OptionDeclarations, OptionDeclarations> & {
  readonly run?: ((context: never, next: Next) => Promise<Outcome | void>) | undefined;
  readonly runOnce?: ((context: never, next: Next) => Promise<Outcome | void>) | undefined;
  readonly steps?: readonly Step[] | undefined;
  readonly around?: ((context: never, next: Next) => Promise<Outcome | void>) | undefined;
  readonly aroundOnce?: ((context: never, next: Next) => Promise<Outcome | void>) | undefined;
};

/** The options of a plugin that declares none. */
export type NoOptions = Readonly<Record<never, OptionDeclaration>>;

/**
 * Defines a plugin: returns the plain object unchanged. The import of a plugin must have no side effect.
 *
 * TypeScript infers `A` for each command from its `args`, so `context.args` has their types.
 */
export function definePlugin<const O extends OptionDeclarations = NoOptions, const A = unknown>(plugin: {
  readonly name: string;
  readonly options?: O;
  readonly commands?: { readonly [K in keyof A]: CommandDefinition<O, A[K]> };
  readonly transports?: Readonly<Record<string, TransportDefinition>>;
  readonly listeners?: Readonly<Record<string, ListenerDefinition>>;
  readonly checks?: Readonly<Record<string, CheckKind>>;
  readonly secrets?: Readonly<Record<string, SecretSource>>;
}): Plugin {
  return { options: {}, commands: {}, ...plugin } as unknown as Plugin;
}
