import { readFile, realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { editConfig } from "@hostout/config";
import { HostoutError } from "@hostout/kit";
import { Command, Flags } from "@oclif/core";
import { replaceFile } from "../../replace-file.ts";

/**
 * The command `hostout config set FILE SECTION:OPTION=VALUE…`: edits a file and leaves the rest of it
 * unchanged.
 */
export default class ConfigSet extends Command {
  static override summary =
    "Set, add to (+=) or take from (-=) options of a file: FILE SECTION:OPTION=VALUE…";
  static override description =
    "Comments, order and line ends stay. A value of several lines has them cut by line ends.";
  static override examples = [
    "hostout config set custom.cfg instance:eggs+=my.package",
    "hostout config set buildout.cfg first-site:path=/srv/site",
  ];
  static override strict = false;
  static override flags = {
    "dry-run": Flags.boolean({ summary: "print the file as it would be, write nothing" }),
  };

  override async run(): Promise<number> {
    const { flags, argv } = await this.parse(ConfigSet);
    const [name, ...assignments] = argv as string[];
    if (name === undefined || name.includes("=") || assignments.length === 0) {
      throw new HostoutError({
        code: "usage",
        message: "config set takes a file and what is to be set in it",
        hint: "For example: hostout config set custom.cfg instance:eggs+=my.package",
      });
    }
    const file = await fileNamed(resolve(name));
    const before = await readFile(file, "utf8");
    const after = editConfig(before, assignments);
    if (flags["dry-run"]) this.log(after.replace(/\n$/, ""));
    else if (after === before) this.log(`${name}: nothing to change`);
    else {
      await replaceFile(file, after);
      this.log(`${name}: ${assignments.join(" ")}`);
    }
    return 0;
  }
}

/** Returns the target of a link, so that the link itself stays. */
async function fileNamed(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    throw new HostoutError({
      code: "bad-config",
      message: `there is no ${path}`,
      hint: "Name an existing file. An empty file is enough.",
      cause,
    });
  }
}
