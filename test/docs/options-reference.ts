import { iniName, type OptionDeclarations, siteOptions } from "@hostout/kit";
import { bundledPlugins } from "../../packages/cli/src/plugins/bundled-plugins.ts";

/** docs/reference/options.md, made from the declarations. `node test/docs/options-reference.ts` prints it. */
export async function optionsReference(): Promise<string> {
  const table = (options: OptionDeclarations) => [
    "| option | meaning | kind | default |",
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
    "This page is for authors of a configuration. At its end you know every option of hostout, its kind and its default. The page is made from the",
    "declarations in the code. Write an option into the section of a site, or into a section that the site takes with `<=`.",
    "",
    "## Of every site",
    "",
    ...table(siteOptions),
    "",
  ];
  for (const [index, name] of [...bundledPlugins.keys()].entries()) {
    const { plugin } = await import(`../../plugins/${name}/src/plugin.ts`);
    if (Object.keys(plugin.options).length === 0) continue;
    lines.push(`## Of ${name}`, "");
    if (index === 0) lines.push(`${name} is under every site, so every site may have these options.`, "");
    lines.push(...table(plugin.options), "");
  }
  return lines.join("\n");
}

if (import.meta.main) process.stdout.write(await optionsReference());
