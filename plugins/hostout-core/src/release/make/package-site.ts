import { dirname } from "node:path";
import { type HostContext, HostoutError, isHostoutError, type Outcome, runLines } from "@hostout/kit";
import { makePackage, type Package } from "@hostout/packaging";
import { releaseName } from "@hostout/releases";
import { hostPython, localPython } from "../look/interpreters.ts";
import { packagedValue } from "../values/cells.ts";
import { type OnSite, releaseOptions } from "../values/release-options.ts";

/** The value of the command `package`. */
export interface Packaged {
  readonly hash: string;
  /** Name of the release that would be made of it. */
  readonly release: string;
  readonly kind: Package["kind"];
  readonly file: string;
  readonly sizeBytes: number;
  /** How many files, folders and links it has. */
  readonly files: number;
  readonly revision: string | undefined;
  readonly packages: Readonly<Record<string, string>>;
}

/** Makes the package of the site, on this machine. */
export async function packageSite(context: OnSite): Promise<Outcome> {
  const { site, options, local, detail, warn, dryRun } = context;
  const originOf = (names: readonly string[]) =>
    names.map((name) => site.values.get(name)?.origin).find(Boolean);
  return context.exclusive(`package ${dirname(site.config)}`, async () => {
    if (options.localBuildCommand)
      await runLines(local, options.localBuildCommand, {
        option: "local-build-command",
        cwd: dirname(site.config),
      }).catch((error: unknown) => {
        throw ofThisMachine(error);
      });
    const [python, pythonHere] = [await hostPython(context), await localPython(context)];
    const made = await makePackage(
      {
        config: site.config,
        readSettings: site.readSettings,
        site: site.name,
        buildout: options.buildout,
        buildCommand: options.buildCommand ?? [],
        include: options.include,
        exclude: options.exclude ?? [],
        packages: options.packages ?? [],
        origins: {
          buildout: originOf(["buildout"]),
          include: originOf(["include", ...releaseOptions.include.aliases]),
          exclude: originOf(["exclude"]),
          packages: originOf(["packages"]),
          versionsFile: originOf(["versions-file", ...releaseOptions.versionsFile.aliases]),
        },
        versionsFile: options.versionsFile,
        packageFormat: options.packageFormat,
        python,
        localPython: pythonHere,
        parts: options.parts ?? [],
        sudoParts: options.sudoParts ?? [],
      },
      {
        run: (words, settings) => local.capture(words, { ...settings, quiet: true }),
        note: detail,
        warn,
        write: !dryRun,
      },
    ).catch((error: unknown) => {
      throw ofThisMachine(error);
    });
    const { scm, devPackages } = made;
    const value: Packaged = {
      hash: made.hash,
      release: releaseName(Date.now(), made.hash),
      kind: made.kind,
      file: made.file,
      sizeBytes: made.sizeBytes,
      files: made.files,
      revision: scm && `${scm.kind} ${scm.revision}${scm.isDirty ? ", edited" : ""}`,
      packages: Object.fromEntries(devPackages.map(({ name, version }) => [name, version])),
    };
    return { status: "ok", note: made.hash.slice(0, 12), value };
  });
}

const codesOfHere: ReadonlySet<string> = new Set(["failed", "refused", "command-failed", "disk-full"]);

/** Returns the same fault as one of this machine, because no host took part. */
function ofThisMachine(error: unknown): unknown {
  if (!isHostoutError(error) || !codesOfHere.has(error.code)) return error;
  const { message, hint, origin } = error;
  return new HostoutError({
    code: "not-packaged",
    message: `no package was made on this machine: ${message}`,
    hint,
    origin,
    cause: error,
  });
}

/** Returns the package of this run. @throws HostoutError `usage` if there is none */
export function requirePackaged({ resultOf, site }: HostContext): Packaged {
  const packaged = resultOf(packagedValue);
  if (packaged) return packaged;
  throw new HostoutError({
    code: "usage",
    message: `${site.name} was not packaged in this run`,
    hint: `Write package before it, as in: hostout ${site.name} package upload`,
  });
}
