import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import type { Request } from "@hostout/engine";
import { HostoutError, readSecretReference, type SecretSource, type Site } from "@hostout/kit";

interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Returns a request whose sites have the secrets that their options refer to. Reads each secret once.
 *
 * @throws HostoutError `bad-option` with the place of the option
 */
export async function withSecrets(request: Request, surroundings: Surroundings): Promise<Request> {
  const read = new Map<string, Promise<string>>();
  const resolved = new Map<Site, Promise<Site>>();
  const resolve = (site: Site): Promise<Site> => {
    const known = resolved.get(site) ?? resolveSite(site, surroundings, read, resolve);
    resolved.set(site, known);
    return known;
  };
  const targets = await Promise.all(
    request.targets.map(async ({ site, host }) => ({ site: await resolve(site), host })),
  );
  return { ...request, targets };
}

async function resolveSite(
  site: Site,
  surroundings: Surroundings,
  read: Map<string, Promise<string>>,
  resolve: (site: Site) => Promise<Site>,
): Promise<Site> {
  const values = new Map(site.values);
  const secrets: string[] = [];
  await Promise.all(
    [...site.values].map(async ([option, value]) => {
      const named = readSecretReference(value.text);
      if (!named) return;
      const { source: name, reference } = named;
      const fault = (message: string, hint?: string, cause?: unknown) =>
        new HostoutError({
          code: "bad-option",
          message: `[${site.name}] ${option}: ${message}`,
          hint,
          origin: value.origin,
          cause,
        });
      const sources = sourcesOf(site);
      const source = sources.get(name);
      if (!source)
        throw fault(
          `'${name}' is none of ${[...sources.keys()].join(", ")}`,
          `For example: ${option} = secret:env:NAME`,
        );
      // hostout's own sources give each site the same value; a plugin's may ask for the site.
      const isOwn = ownSources[name] === source;
      const key = JSON.stringify([name, reference, isOwn ? "" : site.name]);
      const asked =
        read.get(key) ?? source.read({ reference, site, folder: dirname(site.config), ...surroundings });
      read.set(key, asked);
      const text = await asked.catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throw fault(`secret:${name}:${reference} has no value: ${why}`, undefined, error);
      });
      values.set(option, { ...value, text });
      secrets.push(text);
    }),
  );
  const { loadOther } = site;
  const other = loadOther && { loadOther: async (name: string) => resolve(await loadOther(name)) };
  return secrets.length === 0 && !other ? site : { ...site, values, secrets, ...other };
}

function sourcesOf({ plugins }: Site): ReadonlyMap<string, SecretSource> {
  return new Map([
    ...Object.entries(ownSources),
    ...plugins.flatMap(({ secrets = {} }) => Object.entries(secrets)),
  ]);
}

const execute = promisify(execFile);

/** The sources of secrets that hostout itself reads. */
const ownSources: Readonly<Record<string, SecretSource>> = {
  env: {
    summary: "an environment variable of hostout",
    example: "DB_PASSWORD",
    read: async ({ reference, environment }) => {
      const text = environment[reference];
      if (text === undefined || text === "") throw new Error(`the variable ${reference} is not set`);
      return text;
    },
  },
  file: {
    summary: "a file, whose path is relative to the configuration",
    example: "../secrets/db-password",
    read: async ({ reference, folder }) => {
      const file = isAbsolute(reference) ? reference : join(folder, reference);
      return withoutEnd(await readFile(file, "utf8"));
    },
  },
  command: {
    summary: "the output of a command of this machine, in the folder of the configuration",
    example: "pass show db/production",
    read: async ({ reference, folder, environment, signal }) => {
      try {
        const { stdout } = await execute("/bin/sh", ["-c", reference], {
          cwd: folder,
          env: environment,
          signal,
        });
        return withoutEnd(stdout);
      } catch (error) {
        const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
        const [last = ""] = (stderr ?? "").trim().split("\n").slice(-1);
        throw new Error(`the command ended with ${String(code)}${last === "" ? "" : `: ${last}`}`);
      }
    },
  },
};

/** Removes a final line end, which belongs to the file and not to the secret. */
const withoutEnd = (text: string) => text.replace(/\r?\n$/, "");
