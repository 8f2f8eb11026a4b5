import type { Origin, Site } from "@hostout/kit";

/** What a package is made of. */
export interface PackageSettings {
  /** Absolute path of the configuration; its folder is the project's. */
  readonly config: string;
  /** How it was read for this run. */
  readonly readSettings?: Site["readSettings"];
  /** For messages alone. */
  readonly site: string;
  /** The configuration that is built on hosts, relative to the project; several are words. It need not be there, unless the site names it. */
  readonly buildout: string;
  /** Lines; with any, it is an application that is not built by buildout. */
  readonly buildCommand: readonly string[];
  /** Files, folders and patterns. Undefined: a buildout has only what it needs, all else the whole project. */
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[];
  /** Folders of development packages, besides those that the configurations name. */
  readonly packages: readonly string[];
  /** Where options are written. */
  readonly origins?:
    | Readonly<
        Partial<Record<"buildout" | "include" | "exclude" | "packages" | "versionsFile", Origin | undefined>>
      >
    | undefined;
  /** Where versions are pinned, relative to the project. */
  readonly versionsFile: string;
  readonly packageFormat: "sdist" | "egg" | "wheel";
  /** What builds the buildout on hosts: a change of it is another release. Undefined: `python3`. */
  readonly python: string | undefined;
  /** What builds Python packages on this machine. Undefined: the same. */
  readonly localPython?: string | undefined;
  /** What is built on hosts: a change of it is another release. */
  readonly parts: readonly string[];
  readonly sudoParts: readonly string[];
}

/** A development package in a package. */
export interface PackagedDevPackage {
  readonly name: string;
  readonly version: string;
  /** Where the built file is kept, absolute. */
  readonly file: string;
  /** Whether it was built now. */
  readonly isChanged: boolean;
}

/** A package that was made. */
export interface Package {
  /** sha256 of the archive's bytes, hex. */
  readonly hash: string;
  /** `.hostout/packages/deploy-HASH12.tar` of the project, absolute. */
  readonly file: string;
  readonly sizeBytes: number;
  /** How many files, folders and links it has. */
  readonly files: number;
  readonly kind: "buildout" | "application" | "files";
  readonly devPackages: readonly PackagedDevPackage[];
  /** How many versions are pinned. */
  readonly pins: number;
  readonly scm:
    | { readonly kind: "git" | "hg"; readonly revision: string; readonly isDirty: boolean }
    | undefined;
}
