import { HostoutError, type Outcome } from "@hostout/kit";
import { withProof } from "@hostout/releases";
import { administrator } from "../host/administrator.ts";
import { reloadScript } from "../host/scripts.ts";
import type { OnHost } from "../options.ts";

/** Makes the services of the site read their configuration anew, without a restart. */
export async function reload(context: OnHost): Promise<Outcome> {
  const { site, host, dryRun } = context;
  const { store, remote, words } = await administrator(context);
  return withProof(context, store, async () => {
    const { stdout } = await remote.run(words(reloadScript), { quiet: true, title: "reload the services" });
    const lines = stdout.trim().split("\n").filter(Boolean);
    const cannot = lines.filter((line) => line.startsWith("cannot ")).map((line) => line.slice(7));
    if (cannot.length > 0 || (lines.length === 0 && !dryRun))
      throw new HostoutError({
        code: "refused",
        message: `${host.name}: ${cannot.length > 0 ? `${cannot.join(", ")} cannot reload` : "the site has no service"}`,
        hint: `Restart it: hostout ${site.name} restart. Or set how it reloads: service-options = ExecReload=/bin/kill -HUP $MAINPID`,
        host: host.name,
      });
    return { status: "ok", note: lines.join(", ") };
  });
}
