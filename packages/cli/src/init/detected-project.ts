/** A file of the project, or undefined where it does not exist. */
export type ReadProject = (path: string) => string | undefined;

/** What is deployed, as `--kind` names it. */
export const projectKinds = ["node", "python", "django", "ruby", "static", "buildout", "files"] as const;
export type ProjectKind = (typeof projectKinds)[number];

/** How a project is deployed, as far as its files show. */
export interface DetectedProject {
  readonly kind: ProjectKind;
  /** In words, with the file that shows it: `a Node application (package.json)`. */
  readonly name: string;
  /** Options of its site. */
  readonly options: readonly (readonly [name: string, text: string])[];
  /** A folder of the release that a web server is to serve; `""` is the release itself. Undefined where a program answers. */
  readonly served?: string;
  /** A file that the options check and that does not exist yet. */
  readonly missing?: string;
  /** Command lines that come before the start, as examples. Undefined where nothing has to be started. */
  readonly start?: readonly string[];
}

/** Pages that a program makes on this machine. */
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

/** A file is there at once, or never. */
export const soon = ["verify-timeout", "2s"] as const;
