import {
  type DetectedProject,
  generated,
  type ProjectKind,
  type ReadProject,
  soon,
} from "./detected-project.ts";
import { nodeProject } from "./node-project.ts";

/**
 * Detects the kind of a project from its files. Returns undefined if they show none. `kind`: the kind that the
 * user named.
 */
export function detectProject(read: ReadProject, kind?: ProjectKind): DetectedProject | undefined {
  const forms = kind === undefined ? Object.values(detectors) : [detectors[kind]];
  for (const detect of forms) {
    const found = detect(read, kind !== undefined);
    if (found) return found;
  }
  return undefined;
}

/** A detector of one kind. `isSaid`: the user named the kind, so no file has to show it. */
type Detect = (read: ReadProject, isSaid: boolean) => DetectedProject | undefined;

/**
 * The detectors in order: a Django site may have a package.json for its styles, and an application may have an
 * index.html.
 */
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

/** Returns the project for a folder of finished pages. */
function ready(folder: string): DetectedProject {
  return {
    kind: "static",
    name: `a static site (${folder}/index.html)`,
    options: [["include", folder], ["verify", `test -s ${folder}/index.html`], soon],
    served: folder,
  };
}

/** The files that init writes, which a web server must not serve. */
const own = ["hostout.cfg", ".gitignore", ".hgignore"];
const unserved = [...own, "package.json", "package-lock.json", "node_modules"];

/** Returns the project for files of no known kind, such as a PHP application. */
function files(read: ReadProject): DetectedProject {
  const folder = ["public", "htdocs", "www", "html", "web"].find(
    (name) => read(`${name}/index.php`) !== undefined,
  );
  const options = folder === undefined ? [["exclude", own.join("\n")] as const] : [];
  return { kind: "files", name: "files that need no build", options, served: folder ?? "" };
}

/** Returns the project for pages beside the configuration, which a web server must not serve. */
function readyHere(): DetectedProject {
  return {
    kind: "static",
    name: "a static site (index.html)",
    options: [["exclude", unserved.join("\n")], ["verify", "test -s index.html"], soon],
    served: "",
  };
}

/** Returns the lines that create a virtual environment in a release, with the packages of the project. */
function virtualEnvironment(read: ReadProject): readonly string[] {
  const make = "python3 -m venv env";
  if (read("requirements.txt") !== undefined) return [make, "env/bin/pip install -r requirements.txt"];
  if (read("pyproject.toml") !== undefined || read("setup.py") !== undefined)
    return [make, "env/bin/pip install ."];
  return [make];
}
