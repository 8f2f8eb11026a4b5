import { isSecretName, type Next, type Outcome } from "@hostout/kit";
import { administrator } from "../host/administrator.ts";
import { lookAtUnits, refuseForeign } from "../host/look-at-units.ts";
import type { OnHost } from "../options.ts";
import { hasUnits, wantedUnits } from "./wanted-units.ts";

/** Checks before anything changes that systemd runs on the host, and that no unit of others has a wanted name. */
export async function check(context: OnHost, next: Next): Promise<Outcome> {
  const outcome = await next();
  if (!hasUnits(context)) return outcome;
  const admin = await administrator(context);
  const units = wantedUnits(context, admin.store.path);
  const names = units.map(({ name }) => name);
  refuseForeign(context, await lookAtUnits(context, admin, names));
  for (const line of context.options.serviceEnvironment ?? []) {
    const [name = ""] = line.split("=");
    if (isSecretName(name))
      context.warn(
        `every user of the host can read ${name} of service-environment. Write it into a file of the host, and name the file: service-environment-file`,
      );
  }
  return outcome;
}
