import type { Connection } from "../machine/connection.ts";
import type { TransportDefinition } from "../machine/transport.ts";
import type { Status, Table } from "../run/events.ts";
import type { Host } from "../site/host.ts";
import type { Site } from "../site/site.ts";
import type { SiteOptions } from "../site/site-options.ts";
import type { Cells, CommandValue } from "./cell.ts";
import type { CheckKind } from "./check.ts";
import type { ListenerDefinition } from "./listener.ts";
import type { OptionDeclaration, OptionDeclarations, OptionValues } from "./option.ts";
import type { SecretSource } from "./secret-source.ts";

/** What a command says about itself when it is done; nothing means `ok`. */
export interface Outcome {
  readonly status: Exclude<Status, "failed">;
  /** A few words for the line that tells the end of the task; beside a value also for the last line of each host. */
  readonly note?: string | undefined;
  /** The same for people, in columns: the tables of all hosts are printed as one, at the end of the run. */
  readonly table?: Table | undefined;
  /** Whether the end of the task, as a step of another command, is printed only with `--verbose`. Default false. */
  readonly detail?: boolean | undefined;
  /** What the command found out, for the one that called it, for scripts and `--json`. Must be what JSON can hold. */
  readonly value?: unknown;
  /** Where a command ran over several hosts: each one's own outcome. */
  readonly hosts?: readonly HostOutcome[] | undefined;
}

/** How a command ended on one host. */
export interface HostOutcome {
  readonly site: string;
  readonly host: string;
  readonly status: Outcome["status"];
  readonly value?: unknown;
}

/** Arguments and flags as they were given. Flags are named as in code; a flag that was not given is absent. */
export interface Invocation {
  readonly args: readonly string[];
  readonly flags?: Readonly<Record<string, string | boolean>> | undefined;
}

/** Calls the command that this one overrides, with the same arguments or others. It tells how that ended. */
export type Next = (invocation?: Invocation) => Promise<Outcome>;

/** What every command is given. */
export interface CommonContext<O, A> {
  readonly site: Site;
  /** The site's options and those that the plugin declares. */
  readonly options: O & SiteOptions;
  /** The declared arguments and flags, by name. */
  readonly args: A;
  /** The words after the declared arguments, where the command takes them. */
  readonly rest: readonly string[];
  /** This machine. */
  readonly local: Connection;
  readonly dryRun: boolean;
  /** Aborted when the run is to end: start nothing new. */
  readonly signal: AbortSignal;
  /** Tells the user a line. */
  readonly note: (line: string) => void;
  /**
   * Warns the user: the command succeeds, but leaves out or changes something that the user may rely on. `--quiet` prints
   * warnings too, and the recap counts them. The text does not begin with "warning:".
   */
  readonly warn: (text: string) => void;
  /** Tells a line about how the command does its work. As a step of another command it is printed only with `--verbose`. */
  readonly detail: (line: string) => void;
  /** Runs another command of the site by name, through all that overrides it. */
  readonly call: (command: string, invocation?: Invocation) => Promise<Outcome>;
  /**
   * The hosts of another site of the configuration, for what moves data between sites. Each has its own login, lock, options and label;
   * its `call` runs a command of that site there.
   *
   * @throws HostoutError `unknown-site`
   */
  readonly otherSite: (name: string) => Promise<readonly HostContext[]>;
  /** Does `work` while nothing else in this run holds the same key (a folder that two sites share, say). */
  readonly exclusive: <T>(key: string, work: () => Promise<T>) => Promise<T>;
  /**
   * The value of a command that was done before on this host, in this run or the one that it resumes; undefined where there is none. Where
   * a command runs once for a site, the value of its first host.
   */
  readonly resultOf: <T>(value: CommandValue<T>) => T | undefined;
  /** The cells that the commands of this run share on this host, or for the site where they run once for it. */
  readonly shared: Cells;
}

/** What a command that runs once for a site is given. */
export interface SiteContext<O = unknown, A = unknown> extends CommonContext<O, A> {
  readonly hosts: readonly Host[];
}

/** What a command that runs on each host is given. */
export interface HostContext<O = unknown, A = unknown> extends CommonContext<O, A> {
  readonly host: Host;
  readonly remote: Connection;
  /**
   * Says which release is live on the host from now on, for the recap; null: none; undefined: that is not known any more.
   * The store of `@hostout/releases` does it for what it switches to, and for what it finds.
   */
  readonly live: (release: string | null | undefined) => void;
}

/** One step of a composition: a command's name, that with arguments or a condition, or further steps. */
export type Step<N extends string = string> =
  | string
  | {
      readonly command: string;
      readonly args?: readonly string[];
      /** Name in code of a boolean option of the plugin: the step is skipped where it is false. */
      readonly when?: N;
    }
  | {
      readonly steps: readonly Step<N>[];
      /** Batch by batch (`--batch`), all of the steps for each batch before the next begins. A batch that has begun is `whole`. */
      readonly rolling?: boolean;
      /** Once begun, an interrupt (Ctrl-C) waits for the end of the steps: a site is not left stopped half way. */
      readonly whole?: boolean;
      /**
       * How a host goes back: one that failed in these steps, and those that came through when more fail than the run bears
       * (`--max-failures`).
       */
      readonly undo?: readonly Step<N>[];
    };

/** What every command may say of itself. */
export interface CommonCommand<O extends OptionDeclarations, A> {
  /**
   * Says that the command replaces or wraps one of the same name of another plugin. Without it such a plugin is refused when it is loaded,
   * as two plugins may have the name by chance. A task file of the project needs no such word.
   */
  readonly overrides?: true;
  /** One line for help, no full stop. An override may leave it to what it overrides. */
  readonly summary?: string;
  /** Further text for help. */
  readonly description?: string;
  /** Arguments by name, in the order of the line (those that must be given come first), and flags (`option.flag`). */
  readonly args?: A;
  /**
   * Takes any number of further words: those that are no commands (`words`, if not given), flags too that it does not
   * declare (`flags`), or all that follow, whatever they are (`everything`).
   */
  readonly rest?: {
    readonly name: string;
    readonly summary: string;
    readonly takes?: "words" | "flags" | "everything";
  };
  /** Options without which the command is refused before any host is touched. */
  readonly needs?: readonly ((keyof O & string) | keyof SiteOptions)[];
  /** Options that the command reads, for `explain`; if not given, all of its plugin. */
  readonly reads?: readonly ((keyof O & string) | keyof SiteOptions)[];
  /** Steps before the command and all that it overrides; it is not begun when one fails. */
  readonly before?: readonly Step<keyof O & string>[];
  /** Steps after it, when it succeeded on every host. */
  readonly after?: readonly Step<keyof O & string>[];
  /** Steps on the hosts where it failed or was not gone on with. The failure stands, whatever they do. */
  readonly onFailure?: readonly Step<keyof O & string>[];
  /** Changes nothing on its hosts: nobody is asked before it is run in production, and `--retries` may repeat it. */
  readonly readOnly?: boolean;
  /** A second run right after the first finds nothing to do, and says `unchanged`; `--retries` may repeat it. */
  readonly idempotent?: boolean;
  /** How often it is tried again on a host where it failed, at least, after 1 s, 2 s, 4 s, …: only what may be begun twice. */
  readonly retries?: number;
  /** Other names of the command. */
  readonly aliases?: readonly string[];
  /** Command lines without `hostout SITE`. */
  readonly examples?: readonly string[];
}

/** Runs on each host, side by side. */
export interface HostCommand<O extends OptionDeclarations, A> extends CommonCommand<O, A> {
  readonly run: (
    context: HostContext<OptionValues<O>, OptionValues<A>>,
    next: Next,
  ) => Promise<Outcome | void>;
  readonly runOnce?: never;
  readonly steps?: never;
}

/** Runs once for a site, on this machine. */
export interface SiteCommand<O extends OptionDeclarations, A> extends CommonCommand<O, A> {
  readonly runOnce: (
    context: SiteContext<OptionValues<O>, OptionValues<A>>,
    next: Next,
  ) => Promise<Outcome | void>;
  readonly run?: never;
  readonly steps?: never;
}

/** A composition: each step starts when the one before it succeeded on every host. */
export interface StepsCommand<O extends OptionDeclarations, A> extends CommonCommand<O, A> {
  readonly steps: readonly Step<keyof O & string>[];
  /**
   * Wraps one host's way through the steps: its `next()` is all of them, with their barriers. For what is to hold all the
   * while (a lock), and for hosts where nothing is to be done: there `next()` is not called.
   */
  readonly around?: (
    context: HostContext<OptionValues<O>, OptionValues<A>>,
    next: Next,
  ) => Promise<Outcome | void>;
  /**
   * As `around`, once for each site: its `next()` is the steps over the hosts of that site. Sites do not wait for each other between
   * steps, so one may wait until another has come to its end.
   */
  readonly aroundOnce?: (
    context: SiteContext<OptionValues<O>, OptionValues<A>>,
    next: Next,
  ) => Promise<Outcome | void>;
  readonly run?: never;
  readonly runOnce?: never;
}

/** Only hooks on a command of another plugin. */
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

/** A plugin as the rest of hostout sees it, whatever its options and arguments are. */
export interface Plugin {
  readonly name: string;
  readonly options: OptionDeclarations;
  // The types of options and arguments belong to the plugin alone: here they are only declarations to read values by.
  readonly commands: Readonly<Record<string, AnyCommand>>;
  /** Ways to reach hosts, by the name that the option `transport` of a site gives. */
  readonly transports?: Readonly<Record<string, TransportDefinition>> | undefined;
  readonly listeners?: Readonly<Record<string, ListenerDefinition>> | undefined;
  /** Kinds of lines of the option `verify`. */
  readonly checks?: Readonly<Record<string, CheckKind>> | undefined;
  /** Places where secrets are kept, by the name in `secret:NAME:REFERENCE`. */
  readonly secrets?: Readonly<Record<string, SecretSource>> | undefined;
}

/** A command whose argument types are its own business. */
export type AnyCommand = CommonCommand<OptionDeclarations, OptionDeclarations> & {
  readonly run?: ((context: never, next: Next) => Promise<Outcome | void>) | undefined;
  readonly runOnce?: ((context: never, next: Next) => Promise<Outcome | void>) | undefined;
  readonly steps?: readonly Step[] | undefined;
  readonly around?: ((context: never, next: Next) => Promise<Outcome | void>) | undefined;
  readonly aroundOnce?: ((context: never, next: Next) => Promise<Outcome | void>) | undefined;
};

/** Of a plugin that declares none. */
export type NoOptions = Readonly<Record<never, OptionDeclaration>>;

/**
 * Defines a plugin: a plain object, returned as it is. Importing it must have no side effect.
 *
 * `A` is inferred for each command from its `args`, so that `context.args` has their types.
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
