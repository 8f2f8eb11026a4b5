import type { Plugin } from "@hostout/kit";
import type { FakeRunSettings } from "../fake-run.ts";

/** What the contract tests need to know to run a plugin's commands. */
export interface ContractSettings {
  /** Plugins below it, innermost first: those whose commands it overrides, or names in steps. */
  readonly beside?: readonly Plugin[];
  /** As in the file. What must be set and is not given here gets its declaration's example. */
  readonly options?: Readonly<Record<string, string>>;
  /** Words after a command, where the examples of its arguments will not do: `{ restore: ["20261120"] }`. */
  readonly args?: Readonly<Record<string, readonly string[]>>;
  /** What the machines answer, so that each command gets to its end. */
  readonly answers?: FakeRunSettings["answers"];
  /** Commands that no fake machine can carry out, each with the reason. */
  readonly notRun?: Readonly<Record<string, string>>;
  /**
   * Runs commands that say they are `idempotent` on a throw-away ssh host of this machine, as you: gives the options for
   * it, which must keep to `folder`.
   */
  readonly onHost?: (folder: string) => Readonly<Record<string, string>>;
}

/** One rule that a plugin keeps. `check` throws an Error that says what breaks it and how to mend it. */
export interface ContractCheck {
  readonly name: string;
  readonly check: () => Promise<void>;
}
