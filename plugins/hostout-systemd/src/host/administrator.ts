import { createHash } from "node:crypto";
import type { Connection } from "@hostout/kit";
import { type Store, siteStore } from "@hostout/releases";
import type { OnHost } from "../options.ts";
import { markerOf } from "../unit/unit.ts";

/** The manager of the services of a site on a host, and the account that gives it orders. */
export interface Administrator {
  readonly store: Store;
  /** Root, or with `service-scope = user` the owner of the site. */
  readonly remote: Connection;
  /** First line of the unit files of the site. */
  readonly marker: string;
  /** Name of the folder in which the units of each release are kept. */
  readonly key: string;
  /** Returns the words for a script, with the arguments that follow scope and marker. */
  readonly words: (script: string, ...rest: readonly string[]) => readonly string[];
}

/** Finds the manager of the services of a site. Asks the host for nothing but the home in `path`. */
export async function administrator(context: OnHost): Promise<Administrator> {
  const { site, options, remote } = context;
  const store = await siteStore(context);
  const marker = markerOf({ site: site.name, path: store.path });
  const sum = createHash("sha256").update(marker).digest("hex").slice(0, 16);
  return {
    store,
    remote: remote.as(options.serviceScope === "user" ? "effective" : "root"),
    marker,
    key: sum,
    words: (script, ...rest) => ["sh", "-c", script, "hostout", options.serviceScope, marker, ...rest],
  };
}
