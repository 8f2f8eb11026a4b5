import type { ReadSettings } from "@hostout/config";
import { Command, Flags } from "@oclif/core";
import { jsonText } from "../show/json-text.ts";
import { visibleText } from "../show/visible-text.ts";
import { findConfig } from "./find-config.ts";
import { openProject, type Project } from "./project.ts";

/** The flags of all commands that read the configuration. */
export const projectFlags = {
  config: Flags.string({ char: "c", summary: "the configuration" }),
  json: Flags.boolean({ summary: "as JSON" }),
  "no-user-defaults": Flags.boolean({ char: "U", summary: "leave out ~/.buildout/default.cfg" }),
};

/**
 * The base of hostout's own commands about the configuration. Words with `=` are assignments
 * (section:option=value), so each command sets `strict = false`; oclif inherits no statics.
 */
export abstract class ProjectCommand extends Command {
  /** Returns the file and its read settings, from flags and words. */
  protected source(
    flags: { readonly config?: string | undefined; readonly "no-user-defaults": boolean },
    assignments: readonly string[],
  ): { readonly file: string; readonly settings: ReadSettings } {
    const { file } = findConfig(flags.config, process.env, process.cwd());
    return { file, settings: { assignments, userDefaults: !flags["no-user-defaults"] } };
  }

  protected open(
    flags: { readonly config?: string | undefined; readonly "no-user-defaults": boolean },
    assignments: readonly string[],
    more: Pick<ReadSettings, "withoutDead"> = {},
  ): Promise<Project> {
    const { file, settings } = this.source(flags, assignments);
    return openProject(file, { ...settings, ...more });
  }

  protected printJson(data: unknown): void {
    this.log(jsonText(data, 2));
  }

  /** Prints a text with its secrets, at the user's request. Bytes pass the output guard unchanged. */
  protected printAsked(text: string): void {
    process.stdout.write(Buffer.from(`${process.stdout.isTTY ? visibleText(text) : text}\n`));
  }
}
