import type { Origin, Site } from "@hostout/kit";

/** The settings of a package. */
export interface PackageSettings {
  /** Absolute path of the configuration. Its folder is the project's. */
  readonly config: string;
  /** The settings with which this run read the configuration. */
  readonly readSettings?: Site["readSettings"];
  /** For messages alone. */
  readonly site: string;
  /**
   * The configuration that hosts build, relative to the project. Several are words. The file need not exist, unless the
   * site names it.
   */
  readonly buildout: string;
  /** Lines of commands. With any, the project is an application that buildout does not build. */
  readonly buildCommand: readonly string[];
  /**
   * Files, folders and patterns. Undefined: a buildout takes only the files that it needs, and any other project all
   * its files.
   */
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[];
  /** Folders of development packages, besides those in the configurations. */
  readonly packages: readonly string[];
  /** The places of options. */
  readonly origins?:
    | Readonly<
        Partial<Record<"buildout" | "include" | "exclude" | "packages" | "versionsFile", Origin | undefined>>
      >
    | undefined;
  /** The file of pinned versions, relative to the project. */
  readonly versionsFile: string;
  readonly packageFormat: "sdist" | "egg" | "wheel";
  /** The Python that builds the buildout on hosts. A change makes another release. Undefined: `python3`. */
  readonly python: string | undefined;
  /** The Python that builds Python packages on this machine. Undefined: the same. */
  readonly localPython?: string | undefined;
  /** The parts that hosts build. A change makes another release. */
  readonly parts: readonly string[];
  readonly sudoParts: readonly string[];
}

/** A development package in a package. */
export interface PackagedDevPackage {
  readonly name: string;
  readonly version: string;
  /** Absolute path of the built file. */
  readonly file: string;
  /** Whether this run built it. */
  readonly isChanged: boolean;
}

/** A finished package. */
export interface Package {
  /** sha256 of the archive's bytes, hex. */
  readonly hash: string;
  /** `.hostout/packages/deploy-HASH12.tar` of the project, absolute. */
  readonly file: string;
  readonly sizeBytes: number;
  /** The number of files, folders and links. */
  readonly files: number;
  readonly kind: "buildout" | "application" | "files";
  readonly devPackages: readonly PackagedDevPackage[];
  /** The number of pinned versions. */
  readonly pins: number;
  readonly scm:
    | { readonly kind: "git" | "hg"; readonly revision: string; readonly isDirty: boolean }
    | undefined;
}
