import { editConfig } from "@hostout/config";

/** What a new site is to be. */
export interface NewSite {
  readonly name: string;
  /** Options of its section, in order. */
  readonly options: readonly (readonly [name: string, text: string])[];
  /** Lines of comment that end its section. */
  readonly comments: readonly string[];
}

/** A file that is there, or not: undefined. */
export type ReadText = (path: string) => string | undefined;

/** A file as it will be. */
export interface PlannedFile {
  /** Relative to the project's folder. */
  readonly path: string;
  /** What it holds now; undefined where it is not there. */
  readonly before: string | undefined;
  readonly text: string;
  readonly mode: number;
}

export interface InitChoice {
  readonly site: NewSite;
  /** The configuration, relative to the project's folder. */
  readonly config: string;
  /** Whether the new site has to be named in [buildout] parts to be one of `all`. */
  readonly inParts: boolean;
  readonly scripts: boolean;
  readonly versionControl: "git" | "hg";
}

/** The files of a project with a new site, those that would not change left out. */
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
  // A new section is the last of its file.
  const end = site.comments.map((line) => `${line}\n`).join("");
  const gap = end === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  return { path: config, before, text: text + gap + end, mode: 0o644 };
}

/** What a buildout makes, and hostout: only what people write belongs into version control. */
const made = ["parts", "eggs", "develop-eggs", "var", ".installed.cfg", ".mr.developer.cfg"];

function ignoreFile({ site, config, scripts, versionControl }: InitChoice, read: ReadText): PlannedFile {
  const path = versionControl === "git" ? ".gitignore" : ".hgignore";
  const before = read(path);
  const isBuildout = config !== "hostout.cfg";
  const own = isBuildout ? ["bin", ...made, ".hostout"] : [".hostout"];
  // What npm installs belongs into no version control and no package.
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

/** `bin/first-site deploy` is `bin/hostout first-site deploy`. */
function alias(site: string): string {
  return `#!/bin/sh
exec "$(dirname "$0")/hostout" '${site}' "$@"
`;
}

/** What is there is left as it is. */
function script(path: string, text: string, read: ReadText): PlannedFile {
  const before = read(path);
  return { path, before, text: before ?? text, mode: 0o755 };
}
