/** What is bundled of a package into its `dist`. */
export interface BundledPackage {
  /** Relative to the root. */
  readonly folder: string;
  /** Sources that something outside the package loads, relative to `src`; a folder stands for all of its modules. */
  readonly entries: readonly string[];
  /** Sources that are loaded together, with all that they import: one file each; what several import is in the first. */
  readonly together?: Readonly<Record<string, RegExp>>;
  /** Packages of others that go into the bundle too, with what they import, in a file of its own; else they are imported as any other. */
  readonly others?: { readonly file: string; readonly packages: readonly string[] };
}

/** Packages are the borders of bundles: the command line and all plugins share one `@hostout/kit`. */
export const packages: readonly BundledPackage[] = [
  { folder: "packages/config", entries: ["index.ts"] },
  { folder: "packages/kit", entries: ["index.ts"] },
  { folder: "packages/engine", entries: ["index.ts"] },
  // Some 40 small CommonJS modules at each run that reaches a host.
  {
    folder: "packages/ssh",
    entries: ["index.ts"],
    together: { session: /\/src\/index\.ts$/, "ssh-session": /\/src\/node-ssh\/ssh-transport\.ts$/ },
    others: { file: "ssh2", packages: ["ssh2", "node-ssh", "p-limit"] },
  },
  { folder: "packages/testing", entries: ["index.ts"] },
  // Names are looked at whenever options are read.
  { folder: "packages/releases", entries: ["index.ts", "state/link-names.ts"] },
  { folder: "packages/create-hostout-plugin", entries: ["index.ts"] },
  {
    folder: "packages/cli",
    entries: ["index.ts", "main.ts", "completion/answer-completion.ts", "commands"],
    together: {
      words: /\/src\/completion\/answer-completion\.ts$/,
      line: /\/src\/main\.ts$/,
      run: /\/src\/(line\/parse-words|run\/run-request|journal\/request-record|journal\/open-journal)\.ts$/,
    },
  },
  { folder: "packages/scm", entries: ["index.ts"] },
  // Some 95 modules of others where something is packaged.
  {
    folder: "packages/packaging",
    entries: ["index.ts"],
    others: { file: "archiving", packages: ["archiver"] },
  },
  {
    folder: "plugins/hostout-core",
    entries: ["index.ts"],
    together: {
      commands: /\/src\/index\.ts$/,
      package: /\/src\/release\/make\/package-site\.ts$/,
      deploy:
        /\/src\/release\/(switch\/(rollout|go-live|stop-start|activate|verify-release)|make\/(upload|build-release|make-runtime)|look\/check-host|clean-up)\.ts$/,
    },
  },
  { folder: "plugins/hostout-pushdeploy", entries: ["index.ts"] },
];
