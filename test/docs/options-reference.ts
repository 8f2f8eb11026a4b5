import { iniName, type OptionDeclarations, siteOptions } from "@hostout/kit";
import { plugin as core } from "../../plugins/hostout-core/src/plugin.ts";
import { plugin as pushdeploy } from "../../plugins/hostout-pushdeploy/src/plugin.ts";

/** docs/reference/options.md, made from the declarations. `node test/docs/options-reference.ts` prints it. */
export function optionsReference(): string {
  const table = (options: OptionDeclarations) => [
    "| option | what it is | kind | default |",
    "|---|---|---|---|",
    ...Object.entries(options).map(([name, { summary, label, aliases, default: value }]) => {
      const old = aliases.length === 0 ? "" : ` (old: ${aliases.map((alias) => `\`${alias}\``).join(", ")})`;
      const shown =
        value === undefined
          ? ""
          : value
              .split("\n")
              .map((line) => `\`${line}\``)
              .join(" ");
      return `| \`${iniName(name)}\`${old} | ${summary} | ${label} | ${shown} |`;
    }),
  ];
  const lines = [
    "# Options",
    "",
    "Made from the declarations in the code. Options stand in the section of a site, or in one that it takes with `<=`.",
    "",
    "## Of every site",
    "",
    ...table(siteOptions),
    "",
    "## Of hostout-core",
    "",
    "Its commands lie under every site, so every site may have these.",
    "",
    ...table(core.options),
    "",
    "## Of hostout-pushdeploy",
    "",
    ...table(pushdeploy.options),
    "",
  ];
  return lines.join("\n");
}

if (import.meta.main) process.stdout.write(optionsReference());
