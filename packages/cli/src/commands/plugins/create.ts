import { HostoutError } from "@hostout/kit";
import { Args, Command } from "@oclif/core";

/** The command `hostout plugins create NAME`: creates a plugin, like `npm create hostout-plugin NAME`. */
export default class PluginsCreate extends Command {
  static override summary = "Start a plugin that builds, passes its tests and packs";
  static override args = { name: Args.string({ required: true, description: "name of its package" }) };

  override async run(): Promise<number> {
    const { args } = await this.parse(PluginsCreate);
    const { createPlugin, nextSteps, PluginNameError } = await import("create-hostout-plugin");
    try {
      process.stdout.write(nextSteps(await createPlugin({ name: args.name, into: process.cwd() })));
    } catch (cause) {
      if (!(cause instanceof PluginNameError)) throw cause;
      throw new HostoutError({ code: "usage", message: cause.message, hint: cause.hint, cause });
    }
    return 0;
  }
}
