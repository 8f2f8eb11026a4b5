import { formatOrigin } from "@hostout/config";
import { Flags } from "@oclif/core";
import { lintProject } from "../../config/lint.ts";
import { ProjectCommand, projectFlags } from "../../project/project-command.ts";
import { makeStyle } from "../../show/style.ts";

/** The command `hostout config lint`: errors and probable mistakes. Contacts no host. */
export default class ConfigLint extends ProjectCommand {
  static override summary = "Report faults and probable mistakes in the configuration";
  static override description =
    "Misspelt option names, faults of sites, unpinned packages in production, and secrets in files that others may read. Also unused sections, tabs among blanks, and += without a blank. Exit code 2 with an error, or with --strict a warning.";
  static override strict = false;
  static override flags = { ...projectFlags, strict: Flags.boolean({ summary: "take warnings for errors" }) };

  override async run(): Promise<number> {
    const { flags, argv } = await this.parse(ConfigLint);
    const findings = await lintProject(await this.open(flags, argv as string[], { withoutDead: true }));
    const errors = findings.filter(({ severity }) => severity === "error").length;
    const warnings = findings.length - errors;
    if (flags.json) this.printJson(findings);
    else {
      const style = makeStyle(process.stdout, process.env);
      for (const { severity, message, origin, hint } of findings) {
        const place = origin ? `${formatOrigin(origin)}: ` : "";
        this.log(
          `${place}${severity === "error" ? style.red(severity) : style.yellow(severity)}: ${message}`,
        );
        if (hint !== undefined) this.log(`  try: ${hint}`);
      }
      this.log(
        findings.length === 0 ? "nothing to say" : `${count(errors, "error")}, ${count(warnings, "warning")}`,
      );
    }
    return errors > 0 || (flags.strict && warnings > 0) ? 2 : 0;
  }
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
