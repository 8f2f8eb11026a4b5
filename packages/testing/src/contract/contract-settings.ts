import type { Plugin } from "@hostout/kit";
import type { FakeRunSettings } from "../fake-run.ts";

/** Settings with which the contract tests run a plugin's commands. */
export interface ContractSettings {
  /** Plugins below this one, innermost first: those whose commands it overrides or names in steps. */
  readonly beside?: readonly Plugin[];
  /** Options as in the file. A missing required option gets the example of its declaration. */
  readonly options?: Readonly<Record<string, string>>;
  /**
   * Words after a command, where the examples of its arguments are unsuitable: `{ restore: ["20261120"] }`.
   */
  readonly args?: Readonly<Record<string, readonly string[]>>;
  /** Answers of the machines, so that each command succeeds. */
  readonly answers?: FakeRunSettings["answers"];
  /** Commands that no fake machine can run, each with the reason. */
  readonly notRun?: Readonly<Record<string, string>>;
  /**
   * Returns the options to run `idempotent` commands on a throw-away ssh host of this machine, under your own
   * account. The options must keep the commands inside `folder`.
   */
  readonly onHost?: (folder: string) => Readonly<Record<string, string>>;
}

/** One rule for plugins. `check` throws an Error that names the fault and the correction. */
export interface ContractCheck {
  readonly name: string;
  readonly check: () => Promise<void>;
}
