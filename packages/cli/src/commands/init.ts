import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Ask } from "@hostout/kit";
import { Args, Command, Flags } from "@oclif/core";
import { type Answers, askFor, checkSite, given, whyOtherName } from "../init/answers.ts";
import { detectProject } from "../init/detect-project.ts";
import { type DetectedProject, type ProjectKind, projectKinds } from "../init/detected-project.ts";
import { type InitChoice, initFiles, type PlannedFile } from "../init/init-files.ts";
import { newSite } from "../init/new-site.ts";
import { showFiles } from "../init/show-files.ts";
import { findConfig } from "../project/find-config.ts";
import { openProject, type Project } from "../project/project.ts";
import { replaceFile } from "../replace-file.ts";
import { askLine, makePrompt } from "../run/prompt.ts";
import { makeStyle } from "../show/style.ts";

/** The command `hostout init`: adds a site to the configuration, or creates the configuration. */
export default class Init extends Command {
  static override summary = "Add a site to the configuration, with an ignore file and scripts";
  static override description =
    "Looks at the files of this folder and writes a site for 'hostout SITE deploy'. Known kinds: Node, Python, Django, Ruby, a static site, a buildout. Works on the hostout.cfg or buildout.cfg of this folder, else begins a hostout.cfg. In a terminal it asks for what no flag says. init first shows the text that it will write. No file is replaced.";
  static override examples = [
    "hostout init",
    "hostout init shop --host web1.example.com --path /srv/shop --yes",
    "hostout init shop --host web1.example.com --restart 'systemctl restart shop'",
  ];
  static override args = {
    site: Args.string({ description: "name of the site; the name of this folder, if not given" }),
  };
  static override flags = {
    config: Flags.string({
      char: "c",
      summary: "the configuration; hostout.cfg or buildout.cfg of this folder",
    }),
    host: Flags.string({ summary: "the hosts of the site" }),
    path: Flags.string({ summary: "folder of the site on its hosts; /srv/SITE, if not given" }),
    kind: Flags.string({
      summary: "the kind of site: the files of this folder show the default",
      options: [...projectKinds],
    }),
    user: Flags.string({ summary: "login user; if not given, what ssh's configuration says, else root" }),
    "effective-user": Flags.string({
      summary: "owner of the site: the account that owns its files and runs it",
    }),
    restart: Flags.string({ summary: "command line that restarts the site" }),
    environment: Flags.string({ summary: "development, staging or production" }),
    plugin: Flags.string({ summary: "a plugin that brings further commands, as hostout.pushdeploy" }),
    scripts: Flags.boolean({ summary: "write bin/hostout and bin/SITE too" }),
    yes: Flags.boolean({ char: "y", summary: "write without asking" }),
    "no-input": Flags.boolean({ summary: "never ask" }),
    "dry-run": Flags.boolean({ summary: "show what would be written, write nothing" }),
  };

  override async run(): Promise<number> {
    const { flags, args } = await this.parse(Init);
    const prompt = makePrompt(flags["no-input"]);
    const ask = flags.yes ? undefined : prompt;
    const config = configName(flags.config);
    const project = existsSync(config) ? await openProject(join(process.cwd(), config)) : undefined;
    const plugins = flags.plugin ?? pluginsOf(project);
    const known = { ...flags, site: args.site };
    const detected = plugins === undefined ? await detect(flags.kind as ProjectKind, ask) : undefined;
    const answers = ask
      ? await askFor(known, project, detected?.served === undefined)
      : given(known, project);
    checkSite(config, project, answers);
    const scripts =
      flags.scripts ||
      (ask !== undefined &&
        !existsSync("bin/hostout") &&
        (await ask.confirm("Write bin/hostout and a script for the site?")));
    const choice: InitChoice = {
      site: newSite(answers, { plugins, detected, project }),
      config,
      inParts: namesSites(project),
      scripts,
      versionControl: existsSync(".hg") ? "hg" : "git",
    };
    const files = initFiles(choice, readText);
    const style = makeStyle(process.stdout, process.env);
    const why = args.site === undefined ? whyOtherName(answers.site) : undefined;
    if (why !== undefined) this.log(`${why}\n`);
    this.log(showFiles(files, style));
    if (flags["dry-run"]) return 0;
    if (ask && !(await ask.confirm("Write this?"))) {
      this.log("Nothing was written.");
      return 0;
    }
    for (const file of files) await write(file);
    await openProject(join(process.cwd(), config));
    this.log(`Written: ${files.map(({ path }) => path).join(", ")}.`);
    this.log(nextSteps(answers, detected, config));
    return 0;
  }
}

const readText = (path: string) =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, "utf8") : undefined;

/** Returns the kind of project: from the flag or the user, or else from the files. */
async function detect(kind: ProjectKind | undefined, ask: Ask | undefined): Promise<DetectedProject> {
  const found = detectProject(readText, kind);
  const otherwise = () => detectProject(readText, "files")!;
  if (!ask || kind !== undefined) return found ?? otherwise();
  for (;;) {
    const said = await askLine(`Kind of site (${projectKinds.join(", ")})`, found?.kind ?? "files");
    if (said === found?.kind) return found;
    if (projectKinds.some((one) => one === said)) return detectProject(readText, said as ProjectKind)!;
  }
}

/**
 * Returns the plugins of a new site. hostout's own commands need none; otherwise the site gets the plugins of
 * the first site in the file.
 */
function pluginsOf(project: Project | undefined): string | undefined {
  const [first] = project?.sites.values() ?? [];
  return first?.values.get("extends")?.text || undefined;
}

function nextSteps(
  { site, restart }: Answers,
  detected: DetectedProject | undefined,
  config: string,
): string {
  const found = detected
    ? `Site ${site}: ${detected.name}.`
    : `Site ${site}: section [${site}] of ${config}.`;
  const steps = [
    found,
    ...(detected?.start && restart === undefined
      ? [`Nothing starts it yet: the comments at the end of ${config} show what to write.`]
      : []),
    ...(detected?.missing
      ? [`Make ${detected.missing} first: there is none, and each deploy checks it.`]
      : []),
    "Next:",
    `  hostout ${site} check    check that the host is ready; change nothing`,
    `  hostout ${site} deploy   deploy`,
  ];
  return steps.join("\n");
}

function configName(named: string | undefined): string {
  if (named !== undefined) return relative(process.cwd(), findConfig(named, {}, process.cwd()).file);
  return ["hostout.cfg", "buildout.cfg"].find((name) => existsSync(name)) ?? "hostout.cfg";
}

/** Checks whether `all` means the sites in [buildout] parts, so that the new site must be named there too. */
function namesSites(project: Project | undefined): boolean {
  const parts = project?.config.option("buildout", "parts")?.text.split(/\s+/) ?? [];
  return parts.some((name) => project?.sites.has(name));
}

/**
 * Writes a planned file. Creates a new file, but never overwrites one. Replaces an old file as a whole and
 * keeps its mode.
 */
async function write({ path, before, text, mode }: PlannedFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  if (before === undefined) return writeFile(path, text, { mode, flag: "wx" });
  await replaceFile(path, text);
}
