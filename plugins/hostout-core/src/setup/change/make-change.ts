import { type Connection, HostoutError, isHostoutError, runLines } from "@hostout/kit";
import { makeFolderFor } from "@hostout/releases";
import { makeSiteKey } from "../look/site-key.ts";
import type { OnNewHost } from "../setup-options.ts";
import { accountLines, groupLine, memberLine } from "../system/account-lines.ts";
import { familyOf } from "../system/family.ts";
import { installEnvironment, installLines } from "../system/package-lines.ts";
import { sudoersName } from "../system/sudoers.ts";
import type { Change } from "./changes.ts";
import { authorizeScript, homeScript, refusedStatus, stampScript, sudoersScript } from "./host-scripts.ts";
import { installArchive } from "./install-archive.ts";
import type { Looked } from "./look-at-host.ts";

/** Makes one change of a host. Each change is whole, or leaves nothing. */
export async function makeChange(
  context: OnNewHost,
  { facts, key, wish }: Looked,
  changer: Connection,
  change: Change,
): Promise<void> {
  const root = changer.as("root");
  const family = familyOf(facts.system.ids) ?? "debian";
  switch (change.kind) {
    case "packages":
      for (const line of installLines(family, change.names))
        await root.run(line, { env: installEnvironment });
      return;
    case "group":
      await root.run(groupLine(family, change.name));
      return;
    case "account":
      // Another site of the run may have made it.
      if (await root.test(["id", "-u", change.name])) return;
      for (const line of accountLines(family, change)) await root.run(line);
      return;
    case "member":
      await root.run(memberLine(family, change.name, change.group));
      return;
    case "home":
      await runScript(context, root, homeScript, [change.name, change.home]);
      return;
    case "key": {
      const { text, comment } = key.text === undefined ? await newKey(context, key) : key;
      // The account itself writes its file: root would follow its links.
      const account = change.login === changer.user ? changer : changer.as({ user: change.login });
      await runScript(context, account, authorizeScript, [text ?? "", comment]);
      return;
    }
    case "sudoers":
      await runScript(context, root, sudoersScript, [change.file], change.text);
      return;
    case "path":
      await makeFolderFor(changer, change.path, change.owner);
      return;
    case "archive":
      await installArchive(root, change.archive, context.signal);
      return;
    case "commands":
      await runLines(root, change.lines, { option: "bootstrap-command" });
      await runScript(context, root, stampScript, [sudoersName(wish.site), wish.commandsSum]);
  }
}

function newKey(context: OnNewHost, key: Looked["key"]): Promise<Looked["key"]> {
  return context.exclusive(`key ${key.file}`, () => makeSiteKey(context, key));
}

async function runScript(
  { host }: OnNewHost,
  remote: Connection,
  script: string,
  words: readonly string[],
  input?: string,
): Promise<void> {
  const title = `set up ${host.name}`;
  await remote
    .run(["sh", "-c", script, "hostout", ...words], { input, quiet: true, title })
    .catch((error: unknown) => {
      if (!isHostoutError(error) || error.status !== refusedStatus) throw error;
      const why = error.message
        .trim()
        .split("\n")
        .at(-1)
        ?.replace(/^.*ended with 3: /, "");
      throw new HostoutError({
        code: "refused",
        message: `${host.name}: ${why}`,
        hint: "Nothing of it was changed there.",
        host: host.name,
        cause: error,
      });
    });
}
