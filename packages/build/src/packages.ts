/** What is bundled of a package into its `dist`. */
export interface BundledPackage {
  /** Relative to the root. */
  readonly folder: string;
  /** Sources that something outside the package loads, relative to `src`; a folder stands for all of its modules. */
  readonly entries: readonly string[];
  /** Sources that are loaded together, with all that they import: one file each; what several import is in the first. */
  readonly together?: Readonly<Record<string, RegExp>>;
  /** Whether packages of others go into the bundle too; else they are imported as any other. */
  readonly withOthers?: boolean;
}

/** Packages are the borders of bundles: the command line and all plugins share one `@hostout/kit`. */
export const packages: readonly BundledPackage[] = [
  { folder: "packages/config", entries: ["index.ts"] },
  { folder: "packages/kit", entries: ["index.ts"] },
  // ssh2 and node-ssh are some 40 small CommonJS modules at each run that reaches a host.
  {
    folder: "packages/ssh",
    entries: ["index.ts"],
    together: { session: /\/src\/index\.ts$/, "ssh-session": /\/src\/ssh-transport\.ts$/ },
    withOthers: true,
  },
  { folder: "packages/testing", entries: ["index.ts"] },
  { folder: "packages/releases", entries: ["index.ts"] },
  { folder: "packages/create-hostout-plugin", entries: ["index.ts"] },
  {
    folder: "packages/cli",
    entries: ["index.ts", "main.ts", "completion/answer-completion.ts", "commands"],
    together: {
      words: /\/src\/completion\/answer-completion\.ts$/,
      line: /\/src\/main\.ts$/,
      run: /\/src\/(parse-words|run-request|journal\/request-record|journal\/open-journal)\.ts$/,
    },
  },
  { folder: "plugins/hostout-core", entries: ["index.ts"] },
  { folder: "plugins/hostout-pushdeploy", entries: ["index.ts"] },
];
