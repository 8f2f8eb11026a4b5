import { editConfig } from "@hostout/config";

/** The name, options and comments of a new site. */
export interface NewSite {
  readonly name: string;
  /** The options of its section, in order. */
  readonly options: readonly (readonly [name: string, text: string])[];
  /** The lines of comment at the end of its section. */
  readonly comments: readonly string[];
}

/** Returns the text of a file, or undefined if it does not exist. */
export type ReadText = (path: string) => string | undefined;

/** A file before and after the change. */
export interface PlannedFile {
  /** The path, relative to the project's folder. */
  readonly path: string;
  /** The present text; undefined if the file does not exist. */
  readonly before: string | undefined;
  readonly text: string;
  readonly mode: number;
}

/** The choices of the user for a new site and its files. */
export interface InitChoice {
  readonly site: NewSite;
  /** The configuration, relative to the project's folder. */
  readonly config: string;
  /** Whether [buildout] parts must name the new site to make it part of `all`. */
  readonly inParts: boolean;
  readonly scripts: boolean;
  readonly versionControl: "git" | "hg";
}

/** Returns the files of a project with a new site. Omits unchanged files. */
export function initFiles(choice: InitChoice, read: ReadText): readonly PlannedFile[] {
  const files = [configFile(choice, read), ignoreFile(choice, read)];
  if (choice.scripts)
    files.push(
      script("bin/hostout", runner, read),
      script(`bin/${choice.site.name}`, alias(choice.site.name), read),
    );
  return files.filter(({ before, text }) => before !== text);
}

function configFile({ site, config, inParts }: InitChoice, read: ReadText): PlannedFile {
  const before = read(config);
  const assignments = site.options.map(([name, text]) => `${site.name}:${name}=${text}`);
  if (inParts) assignments.unshift(`buildout:parts+=${site.name}`);
  const text = editConfig(before ?? "", assignments);
  // A new section goes to the end of its file.
  const end = site.comments.map((line) => `${line}\n`).join("");
  const gap = end === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  return { path: config, before, text: text + gap + end, mode: 0o644 };
}

/** The files that a buildout and hostout make. Only files that people write belong into version control. */
const made = ["parts", "eggs", "develop-eggs", "var", ".installed.cfg", ".mr.developer.cfg"];

function ignoreFile({ site, config, scripts, versionControl }: InitChoice, read: ReadText): PlannedFile {
  const path = versionControl === "git" ? ".gitignore" : ".hgignore";
  const before = read(path);
  const isBuildout = config !== "hostout.cfg";
  const own = isBuildout ? ["bin", ...made, ".hostout"] : [".hostout"];
  // The packages that npm installs belong neither into version control nor into a package.
  const isInstalled = read("package.json") !== undefined && !/^[/^]?node_modules\b/m.test(before ?? "");
  const folders = isInstalled ? [...own, "node_modules"] : own;
  const lines =
    versionControl === "git"
      ? gitLines(folders, scripts, site.name)
      : folders.map((name) => `^${name.replaceAll(".", "\\.")}(/|$)`);
  const known = new Set(before?.split(/\r?\n/));
  const added = lines.filter((line) => !known.has(line));
  const head = versionControl === "hg" && added.length > 0 ? ["syntax: regexp"] : [];
  const start =
    before === undefined || before === "" || before.endsWith("\n") ? (before ?? "") : `${before}\n`;
  return { path, before, text: start + [...head, ...added].map((line) => `${line}\n`).join(""), mode: 0o644 };
}

function gitLines(folders: readonly string[], scripts: boolean, site: string): readonly string[] {
  return folders.flatMap((name) =>
    name === "bin" && scripts ? ["/bin/*", "!/bin/hostout", `!/bin/${site}`] : [`/${name}`],
  );
}

const runner = `#!/bin/sh
# Runs the project's own hostout, else the one that is installed for all.
here=$(cd "$(dirname "$0")/.." && pwd) || exit
# From a folder without a configuration, it is that of the project.
export HOSTOUT_PROJECT="$here"
if [ -x "$here/node_modules/.bin/hostout" ]; then
  exec "$here/node_modules/.bin/hostout" "$@"
fi
if ! command -v hostout >/dev/null; then
  echo "bin/hostout: hostout is not installed here; try: npm install --save-dev hostout" >&2
  exit 127
fi
exec hostout "$@"
`;

/** Returns a script that makes `bin/first-site deploy` the same as `bin/hostout first-site deploy`. */
function alias(site: string): string {
  return `#!/bin/sh
exec "$(dirname "$0")/hostout" '${site}' "$@"
`;
}

/** Plans a script. An existing file stays unchanged. */
function script(path: string, text: string, read: ReadText): PlannedFile {
  const before = read(path);
  return { path, before, text: before ?? text, mode: 0o755 };
}
