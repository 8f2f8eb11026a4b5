import { type Connection, HostoutError } from "@hostout/kit";
import type { ScmCommands } from "@hostout/scm";
import type { OnStaging } from "../options.ts";

/**
 * Switches the checkout to the newest revision of a branch, a tag or a revision.
 *
 * @throws HostoutError `refused` if edits would be lost
 */
export async function goTo(
  { site }: OnStaging,
  scm: ScmCommands,
  builder: Connection,
  staged: string,
  branch: string | undefined,
  force = false,
): Promise<void> {
  const settings = { cwd: staged, env: scm.env };
  const edits = force ? "" : await builder.capture(scm.edits(), { ...settings, quiet: true });
  if (edits !== "") {
    throw new HostoutError({
      code: "refused",
      message: `${staged} has edits that are not committed: ${edits
        .split("\n")
        .map((line) => line.slice(2).trim())
        .join(", ")}`,
      hint: `Commit them, or discard them with: hostout ${site.name} update --force`,
    });
  }
  await builder.run(scm.fetch(), settings);
  const title = `${scm.name} ${scm.name === "git" ? "checkout" : "update"}${branch === undefined ? "" : ` ${branch}`}`;
  await builder.run(scm.update(branch, force), { ...settings, title });
}

/** Refuses a name that begins with `-`, which a program would read as an option. */
export function refuseDash(what: string, name: string): void {
  if (name.startsWith("-"))
    throw new HostoutError({ code: "usage", message: `'${name}' is no name of a ${what}` });
}
