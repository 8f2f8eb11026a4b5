import { type Account, isHostoutError } from "@hostout/kit";
import { siteStore } from "@hostout/releases";
import type { Packaged } from "../make/package-site.ts";
import type { OnHost } from "../values/release-options.ts";
import { startsByDefault } from "./starts-by-default.ts";

/** An account that a deploy becomes, and what for. */
interface Need {
  readonly account: Account;
  readonly user: string;
  readonly uses: readonly string[];
}

/** Tries to become the accounts that a deploy needs besides the login user and the owner of the site. Resolves to the faults. */
export async function refusedAccounts(
  context: OnHost,
  kind: Packaged["kind"] | undefined,
): Promise<readonly string[]> {
  const { path } = await siteStore(context);
  const supervisor = ["test", "-x", `${path}/current/bin/supervisord`];
  // Whether the next release has one is known when it is built.
  const hasSupervisor = kind === "buildout" && (await context.remote.as("effective").test(supervisor));
  const tried = needs(context, kind, hasSupervisor).map((need) => refusal(context, need));
  return (await Promise.all(tried)).flat();
}

/** Tries to become root, which makes the folder of a site where its owner may not. */
export function refusedRoot(context: OnHost, use: string): Promise<readonly string[]> {
  return refusal(context, { account: "root", user: "root", uses: [use] });
}

async function refusal({ remote }: OnHost, { account, user, uses }: Need): Promise<readonly string[]> {
  try {
    await remote.as(account).test(["true"]);
    return [];
  } catch (error) {
    if (!isHostoutError(error) || error.code !== "sudo-refused") throw error;
    return [`${user} is needed for ${uses.join(", ")}: ${error.message}`];
  }
}

function needs(
  { options, remote }: OnHost,
  kind: Packaged["kind"] | undefined,
  hasSupervisor: boolean,
): readonly Need[] {
  if (kind === undefined) return [];
  const { commandsAs, effectiveUser, buildoutUser, sudoParts = [] } = options;
  const commands = [
    options.preCommands && "pre-commands",
    options.stopCmd && "stop-cmd",
    options.startCmd && "start-cmd",
    options.postCommands && "post-commands",
    hasSupervisor && startsByDefault(options) && "bin/supervisord",
  ].filter((name) => typeof name === "string");
  const isOther = buildoutUser !== undefined && buildoutUser !== (effectiveUser ?? remote.user);
  const isBuiltByOther = isOther && kind !== "files";
  const forRoot = [
    ...(commandsAs === "root" && commands.length > 0 ? [`${commands.join(", ")} (commands-as = root)`] : []),
    ...(kind === "buildout" && sudoParts.length > 0 ? ["sudo-parts"] : []),
    // What it builds is given to it, and back.
    ...(isBuiltByOther ? ["buildout-user"] : []),
  ];
  const all: readonly Need[] = [
    { account: "root", user: "root", uses: forRoot },
    {
      account: "buildout",
      user: buildoutUser ?? "",
      uses: isBuiltByOther ? ["the build (buildout-user)"] : [],
    },
  ];
  return all.filter(({ user, uses }) => uses.length > 0 && user !== remote.user);
}
