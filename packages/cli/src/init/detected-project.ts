/** Returns a file of the project, or undefined if it does not exist. */
export type ReadProject = (path: string) => string | undefined;

/** The kinds of projects, as `--kind` names them. */
export const projectKinds = ["node", "python", "django", "ruby", "static", "buildout", "files"] as const;
/** A kind of project. */
export type ProjectKind = (typeof projectKinds)[number];

/** The way to deploy a project, as its files show it. */
export interface DetectedProject {
  readonly kind: ProjectKind;
  /** The name in words, with the file that shows it: `a Node application (package.json)`. */
  readonly name: string;
  /** The options of the site. */
  readonly options: readonly (readonly [name: string, text: string])[];
  /**
   * The folder of the release for a web server; `""` is the release itself. Undefined if a program answers
   * requests.
   */
  readonly served?: string;
  /** A file that the options check and that does not exist yet. */
  readonly missing?: string;
  /** Example command lines to run before the start. Undefined if nothing has to be started. */
  readonly start?: readonly string[];
}

/** Returns the project for pages that a program makes on this machine. */
export function generated(folder: string, line: string, file: string): DetectedProject {
  return {
    kind: "static",
    name: `a static site that '${line}' makes in ${folder} (${file})`,
    options: [
      ["local-build-command", line],
      ["include", folder],
      ["verify", `test -s ${folder}/index.html`],
      soon,
    ],
    served: folder,
  };
}

/** A short time limit: a file exists at once, or never. */
export const soon = ["verify-timeout", "2s"] as const;
