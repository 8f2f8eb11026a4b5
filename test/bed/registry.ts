import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A package registry on the loopback. */
export interface Registry {
  readonly url: string;
  /** Offers a tarball too. */
  readonly publish: (tarball: string) => void;
  readonly close: () => Promise<void>;
}

interface Published {
  readonly manifest: { readonly name: string; readonly version: string };
  readonly bytes: Buffer;
}

/**
 * Offers the tarballs of a folder as if they were published, and sends those who ask for other packages on to the registry
 * of this machine.
 */
export async function startRegistry(folder: string): Promise<Registry> {
  const upstream = execFileSync("npm", ["config", "get", "registry"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
  const packages = new Map<string, Published>();
  const publish = (tarball: string) => {
    const manifest = execFileSync("tar", ["-xzOf", tarball, "package/package.json"], { encoding: "utf8" });
    const parsed: Published["manifest"] = JSON.parse(manifest);
    packages.set(parsed.name, { manifest: parsed, bytes: readFileSync(tarball) });
  };
  for (const file of readdirSync(folder)) if (file.endsWith(".tgz")) publish(join(folder, file));
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "/").slice(1).replace(/\?.*/, ""));
    const [, owner = ""] = /^(.*)\/-\/.*\.tgz$/.exec(path) ?? [];
    const wanted = packages.get(owner || path);
    if (wanted && owner) response.end(wanted.bytes);
    else if (wanted)
      response.setHeader("content-type", "application/json").end(JSON.stringify(packument(wanted, url())));
    else response.writeHead(302, { location: new URL((request.url ?? "/").slice(1), upstream).href }).end();
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: url(),
    publish,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function packument({ manifest, bytes }: Published, url: string) {
  const { name, version } = manifest;
  const long = "2026-01-01T00:00:00.000Z";
  const digest = (algorithm: string) => createHash(algorithm).update(bytes);
  const dist = {
    tarball: `${url}${name}/-/${name.split("/").at(-1)}-${version}.tgz`,
    integrity: `sha512-${digest("sha512").digest("base64")}`,
    shasum: digest("sha1").digest("hex"),
  };
  return {
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...manifest, dist } },
    time: { created: long, modified: long, [version]: long },
  };
}
