import type { SiteOptions } from "../site/site-options.ts";
import type { HostContext, Next, Outcome, SiteContext } from "./context.ts";
import type { OptionDeclarations, OptionValues } from "./option.ts";

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
   * Whether the command logs in by itself (`loginAs`). hostout then asks no question of the site's own login
   * before the command. Default false.
   */
  readonly ownLogin?: boolean;
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

/** A command whose argument types only its plugin knows. */
export type AnyCommand = CommonCommand<OptionDeclarations, OptionDeclarations> & {
  readonly run?: ((context: never, next: Next) => Promise<Outcome | void>) | undefined;
  readonly runOnce?: ((context: never, next: Next) => Promise<Outcome | void>) | undefined;
  readonly steps?: readonly Step[] | undefined;
  readonly around?: ((context: never, next: Next) => Promise<Outcome | void>) | undefined;
  readonly aroundOnce?: ((context: never, next: Next) => Promise<Outcome | void>) | undefined;
};
