import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { packageFolder } from "./package-folder.ts";
import { pluginFiles } from "./plugin-files.ts";

/** The error for a name that npm does not allow, or a folder that exists already. */
export class PluginNameError extends Error {
  override readonly name = "PluginNameError";
  /** One action to try. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** A plugin that was created. */
export interface CreatedPlugin {
  /** The name of the package. */
  readonly name: string;
  /** The folder of the plugin, absolute. */
  readonly folder: string;
  /** The paths of the files, relative to the folder. */
  readonly files: readonly string[];
}

/**
 * Writes a plugin that builds, passes its tests and packs. The folder is `name` without its scope, in `into`.
 *
 * @throws PluginNameError before it writes anything
 */
export async function createPlugin({
  name,
  into,
}: {
  readonly name: string;
  readonly into: string;
}): Promise<CreatedPlugin> {
  // https://docs.npmjs.com/cli/configuring-npm/package-json#name
  if (!/^(@[a-z0-9][\w.-]*\/)?[a-z0-9][a-z0-9._-]*$/.test(name) || name.length > 214) {
    throw new PluginNameError(
      `'${name}' can be no name of a package`,
      "Small letters, digits and dashes: hostout-greeter, or @acme/hostout-greeter.",
    );
  }
  const folder = join(into, basename(name));
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new PluginNameError(
      `there is something in ${folder} already`,
      "Take another name, or another folder.",
    );
  }
  const files = Object.entries(pluginFiles({ name, version: ownVersion() }));
  for (const [file, text] of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  return { name, folder, files: files.map(([file]) => file) };
}

/**
 * Returns the version of this package. All packages of hostout share one version, so it is also the version of
 * the others.
 */
function ownVersion(): string {
  const manifest = readFileSync(join(packageFolder, "package.json"), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

/** Returns the text that lists the created files and the next steps. */
export function nextSteps({ name, folder, files }: CreatedPlugin): string {
  return [
    `${folder}:`,
    ...files.map((file) => `  ${file}`),
    "",
    "Next:",
    `  cd ${basename(folder)}`,
    "  npm install",
    "  npm test",
    "  npm pack            # or, when it is ready, npm publish",
    "",
    `A site has it with \`plugins = ${name}\`, once it is installed beside the configuration.`,
    "",
  ].join("\n");
}
