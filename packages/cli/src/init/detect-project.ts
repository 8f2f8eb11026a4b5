import { nodeProject } from "./node-project.ts";

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

/** Looks at the files of a project. Undefined where they show nothing. `kind`: what it is said to be. */
export function detectProject(read: ReadProject, kind?: ProjectKind): DetectedProject | undefined {
  const forms = kind === undefined ? Object.values(detectors) : [detectors[kind]];
  for (const detect of forms) {
    const found = detect(read, kind !== undefined);
    if (found) return found;
  }
  return undefined;
}

/** `isSaid`: the user named the kind, so that no file has to show it. */
type Detect = (read: ReadProject, isSaid: boolean) => DetectedProject | undefined;

/** In this order: a Django site may have a package.json for its styles, an application an index.html. */
const detectors: Readonly<Record<ProjectKind, Detect>> = {
  buildout: (read, isSaid) =>
    isSaid || read("buildout.cfg") !== undefined
      ? { kind: "buildout", name: "a buildout (buildout.cfg)", options: [] }
      : undefined,
  django: (read, isSaid) => {
    if (!isSaid && !/django/i.test(read("manage.py") ?? "")) return undefined;
    return {
      kind: "django",
      name: "a Django site (manage.py)",
      options: [["build-command", virtualEnvironment(read).join("\n")]],
      start: ["env/bin/python manage.py migrate --noinput"],
    };
  },
  python: (read, isSaid) => {
    const file = ["pyproject.toml", "requirements.txt", "setup.py"].find((name) => read(name) !== undefined);
    if (file === undefined && !isSaid) return undefined;
    return {
      kind: "python",
      name: `a Python application${file === undefined ? "" : ` (${file})`}`,
      options: [["build-command", virtualEnvironment(read).join("\n")]],
      start: [],
    };
  },
  ruby: (read, isSaid) => {
    if (read("Gemfile") === undefined && !isSaid) return undefined;
    if (/jekyll/.test(read("Gemfile") ?? ""))
      return generated("_site", "bundle exec jekyll build", "Gemfile");
    const lines = ["bundle config set --local path vendor/bundle", "bundle install"];
    return {
      kind: "ruby",
      name: "a Ruby application (Gemfile)",
      options: [["build-command", lines.join("\n")]],
      start: [],
    };
  },
  node: (read, isSaid) => nodeProject(read, isSaid),
  static: (read, isSaid) => {
    if (read("mkdocs.yml") !== undefined) return generated("site", "mkdocs build", "mkdocs.yml");
    if (read("hugo.toml") !== undefined) return generated("public", "hugo", "hugo.toml");
    const folder = ["", "public", "htdocs", "www", "html", "site", "dist"].find(
      (name) => read(name === "" ? "index.html" : `${name}/index.html`) !== undefined,
    );
    if (folder === undefined && !isSaid) return undefined;
    return folder
      ? ready(folder)
      : { ...readyHere(), ...(folder === undefined && { missing: "index.html" }) };
  },
  files: (read, isSaid) => (isSaid ? files(read) : undefined),
};

/** A file is there at once, or never. */
const soon = ["verify-timeout", "2s"] as const;

/** A folder of pages that is there. */
function ready(folder: string): DetectedProject {
  return {
    kind: "static",
    name: `a static site (${folder}/index.html)`,
    options: [["include", folder], ["verify", `test -s ${folder}/index.html`], soon],
    served: folder,
  };
}

/** Written by init, and not to be served. */
const own = ["hostout.cfg", ".gitignore", ".hgignore"];
const unserved = [...own, "package.json", "package-lock.json", "node_modules"];

/** Files that no detector knows, as those of a PHP application. */
function files(read: ReadProject): DetectedProject {
  const folder = ["public", "htdocs", "www", "html", "web"].find(
    (name) => read(`${name}/index.php`) !== undefined,
  );
  const options = folder === undefined ? [["exclude", own.join("\n")] as const] : [];
  return { kind: "files", name: "files that need no build", options, served: folder ?? "" };
}

/** Pages that lie beside the configuration, which is not to be served. */
function readyHere(): DetectedProject {
  return {
    kind: "static",
    name: "a static site (index.html)",
    options: [["exclude", unserved.join("\n")], ["verify", "test -s index.html"], soon],
    served: "",
  };
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

/** The lines that make a virtual environment in a release, with what the project needs. */
function virtualEnvironment(read: ReadProject): readonly string[] {
  const make = "python3 -m venv env";
  if (read("requirements.txt") !== undefined) return [make, "env/bin/pip install -r requirements.txt"];
  if (read("pyproject.toml") !== undefined || read("setup.py") !== undefined)
    return [make, "env/bin/pip install ."];
  return [make];
}
