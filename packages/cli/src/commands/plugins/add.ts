import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { HostoutError } from "@hostout/kit";
import { Args, Flags } from "@oclif/core";
import { bundledPlugins } from "../../plugins/bundled-plugins.ts";
import { makePluginLoader } from "../../plugins/load-plugin.ts";
import { insteadOfPlugin } from "../../plugins/old-plugins.ts";
import { addWords, findPackageManager } from "../../plugins/package-manager.ts";
import { packageName } from "../../plugins/package-name.ts";
import { ProjectCommand, projectFlags } from "../../project/project-command.ts";
import { makePrompt } from "../../run/prompt.ts";

/**
 * The command `hostout plugins add NAME`: installs a plugin beside the configuration, with the project's
 * package manager.
 */
export default class PluginsAdd extends ProjectCommand {
  static override summary =
    "Install a plugin beside the configuration, with the project's own package manager";
  static override args = {
    name: Args.string({
      required: true,
      description: "package of the plugin, with a version if need be: hostout-x@^1.2",
    }),
  };
  static override flags = {
    config: projectFlags.config,
    "no-user-defaults": projectFlags["no-user-defaults"],
    yes: Flags.boolean({ char: "y", summary: "do not ask" }),
    "no-input": Flags.boolean({ summary: "never ask; refuse instead" }),
  };

  override async run(): Promise<number> {
    const { args, flags } = await this.parse(PluginsAdd);
    const { file } = this.source(flags, []);
    const [, word = "", version = ""] = /^(@?[^@]*)(@.*)?$/.exec(args.name) ?? [];
    const name = packageName(word);
    if (!/^(@[\w.-]+\/)?\w[\w.-]*$/.test(name)) {
      throw new HostoutError({
        code: "usage",
        message: `'${args.name}' is not the name of a package`,
        hint: "For example: hostout plugins add hostout-x, or @acme/hostout-x@^1.2",
      });
    }
    const instead = insteadOfPlugin(word);
    if (instead !== undefined) {
      throw new HostoutError({
        code: "usage",
        message: `'${word}' is a plugin of collective.hostout, in Python, and no package of hostout`,
        hint: instead,
      });
    }
    if (bundledPlugins.has(name) && version === "") {
      this.log(`${name} comes with hostout: a site has it with \`plugins = ${name}\`.`);
      return 0;
    }
    const manager = findPackageManager(dirname(file));
    const words = addWords(manager, name + version);
    await this.consent(`Run '${words.join(" ")}' in ${manager.folder}?`, words.join(" "), flags);
    await install(words, manager.folder);
    const origin = { file, line: 1 };
    const { plugin, version: installed } = await makePluginLoader(file)(name, "plugins add", origin);
    this.log(
      `${name} ${installed} is installed. Its commands: ${Object.keys(plugin.commands).join(", ") || "none"}.`,
    );
    this.log(`A site has it with \`plugins = ${name}\`.`);
    return 0;
  }

  /**
   * Asks for consent.
   *
   * @throws HostoutError `no-input` if nobody can be asked, or the answer is no
   */
  private async consent(
    question: string,
    line: string,
    flags: { readonly yes: boolean; readonly "no-input": boolean },
  ): Promise<void> {
    if (flags.yes) return;
    const ask = makePrompt(flags["no-input"]);
    if (ask && (await ask.confirm(question))) return;
    throw new HostoutError({
      code: "no-input",
      message: ask ? "nothing was installed" : `'${line}' would be run; nobody can be asked`,
      ...(ask ? {} : { hint: "Add --yes if it is meant." }),
    });
  }
}

/**
 * Runs the package manager. The user sees its output.
 *
 * @throws HostoutError `failed`
 */
async function install([program, ...words]: readonly [string, ...string[]], cwd: string): Promise<void> {
  const child = spawn(program, words, { cwd, stdio: "inherit" });
  const [code] = await once(child, "close").catch((cause: Error) => {
    throw new HostoutError({
      code: "failed",
      message: `${program}, which installs the packages of ${cwd}, cannot be started: ${cause.message}`,
      hint: `Install ${program}, or run it yourself: ${[program, ...words].join(" ")}`,
      cause,
    });
  });
  if (code === 0) return;
  throw new HostoutError({
    code: "failed",
    message: `'${[program, ...words].join(" ")}' ended with ${code}`,
    hint: "Its output above has the reason.",
  });
}
