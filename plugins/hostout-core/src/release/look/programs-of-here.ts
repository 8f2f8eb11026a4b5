import { dirname, relative } from "node:path";
import { type Account, isHostoutError } from "@hostout/kit";
import type { OnHost } from "../values/release-options.ts";

/** Matches the absolute path of a program or of `cd` in a line, also after assignments of variables. */
const programForm = /^\s*(?:\w+=\S*\s+)*(?:cd\s+)?["']?(\/[^\s"';|&<>()$`*?]+)/;

/**
 * Finds command lines of the site that name a program or folder of the project on this machine, which the host does not
 * have. Returns the faults. `${buildout:directory}` is right: hostout replaces it by the folder on the host.
 *
 * @param path of the site, resolved
 */
export async function programsOfHere(
  { options, remote, site }: OnHost,
  path: string,
): Promise<readonly string[]> {
  const folder = dirname(site.config);
  const { commandsAs } = options;
  const all: readonly (readonly [string, readonly string[] | undefined, Account])[] = [
    ["pre-commands", options.preCommands, commandsAs],
    ["stop-cmd", options.stopCmd, commandsAs],
    ["start-cmd", options.startCmd, commandsAs],
    ["post-commands", options.postCommands, commandsAs],
    ["verify", options.verify, "effective"],
  ];
  const isThere = async (program: string, account: Account) => {
    try {
      return await remote.as(account).test(["test", "-e", program]);
    } catch (error) {
      // That is told by itself.
      if (isHostoutError(error) && error.code === "sudo-refused") return true;
      throw error;
    }
  };
  const faults: string[] = [];
  for (const [name, lines = [], account] of all)
    for (const line of lines) {
      const program = programForm.exec(line)?.[1];
      if ((program !== folder && !program?.startsWith(`${folder}/`)) || program.startsWith(`${path}/`))
        continue;
      if (await isThere(program, account)) continue;
      faults.push(
        `${name} = ${program} is in the project's folder of this machine, and not there: write ${relative(folder, program) || "."}, which is taken in the release`,
      );
    }
  return faults;
}
