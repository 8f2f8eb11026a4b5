import { bundledPlugins } from "../../cli/src/plugins/bundled-plugins.ts";

/** The bundle of a package in its `dist`. */
export interface BundledPackage {
  /** Relative to the root. */
  readonly folder: string;
  /** Sources that code outside the package loads, relative to `src`. A folder means all of its modules. */
  readonly entries: readonly string[];
  /**
   * Groups of sources that load together, with all that they import. Each group becomes one file. The first
   * group holds the modules that several groups import.
   */
  readonly together?: Readonly<Record<string, RegExp>>;
  /**
   * Third-party packages to bundle in one file, with all that they import. Code imports all other packages as
   * usual.
   */
  readonly others?: { readonly file: string; readonly packages: readonly string[] };
  /** Whether its `dist` also has the program that its bin runs. */
  readonly isProgram?: true;
}

/** Bundles of plugins that are more than one file. */
const pluginBundles: Readonly<Record<string, Pick<BundledPackage, "together">>> = {
  "hostout-core": {
    together: {
      commands: /\/src\/index\.ts$/,
      package: /\/src\/release\/make\/package-site\.ts$/,
      deploy:
        /\/src\/release\/(switch\/(rollout|go-live|stop-start|activate|verify-release)|make\/(upload|build-release|make-runtime)|look\/check-host|clean-up)\.ts$/,
    },
  },
};

/**
 * All packages with their bundles. Bundles end at the borders of packages, so the command line and all
 * plugins share one `@hostout/kit`.
 */
export const packages: readonly BundledPackage[] = [
  { folder: "packages/config", entries: ["index.ts"] },
  { folder: "packages/kit", entries: ["index.ts"] },
  { folder: "packages/engine", entries: ["index.ts"] },
  // The third-party part has some 40 small CommonJS modules. Each run that connects to a host loads them.
  {
    folder: "packages/ssh",
    entries: ["index.ts"],
    together: { session: /\/src\/index\.ts$/, "ssh-session": /\/src\/node-ssh\/ssh-transport\.ts$/ },
    others: { file: "ssh2", packages: ["ssh2", "node-ssh", "p-limit"] },
  },
  { folder: "packages/testing", entries: ["index.ts"] },
  // Each read of options uses the module for names.
  { folder: "packages/releases", entries: ["index.ts", "state/link-names.ts"] },
  { folder: "packages/create-hostout-plugin", entries: ["index.ts"] },
  {
    folder: "packages/cli",
    isProgram: true,
    entries: ["index.ts", "main.ts", "completion/answer-completion.ts", "commands"],
    together: {
      words: /\/src\/completion\/answer-completion\.ts$/,
      line: /\/src\/main\.ts$/,
      run: /\/src\/(line\/parse-words|run\/run-request|journal\/request-record|journal\/open-journal)\.ts$/,
    },
  },
  { folder: "packages/scm", entries: ["index.ts"] },
  // The third-party part has some 95 modules. Only a run that makes a package loads them.
  {
    folder: "packages/packaging",
    entries: ["index.ts"],
    others: { file: "archiving", packages: ["archiver"] },
  },
  ...[...bundledPlugins.keys()].map((name): BundledPackage => {
    return { folder: `plugins/${name}`, entries: ["index.ts"], ...pluginBundles[name] };
  }),
];
