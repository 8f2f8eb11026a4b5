import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { HostoutError, parseHosts } from "@hostout/kit";
import { Args, Command, Flags } from "@oclif/core";
import { findConfig } from "../find-config.ts";
import { type InitChoice, initFiles, type PlannedFile } from "../init/init-files.ts";
import { showFiles } from "../init/show-files.ts";
import { openProject } from "../project.ts";
import { askLine, makePrompt } from "../prompt.ts";
import { replaceFile } from "../replace-file.ts";
import { makeStyle } from "../style.ts";
import { reservedNames, topics } from "../topics.ts";

/** What flags say. */
type Known = { readonly [K in keyof Answers]?: Answers[K] | undefined };

interface Answers {
  readonly site: string;
  readonly host: string;
  readonly path?: string | undefined;
  readonly user?: string | undefined;
  readonly "effective-user"?: string | undefined;
  readonly restart?: string | undefined;
  readonly environment?: string | undefined;
}

/** `hostout init`: adds a site to the configuration that is there, or begins one. */
export default class Init extends Command {
  static override summary = "Add a site to the configuration, with an ignore file and scripts";
  static override description =
    "Works on the buildout.cfg or hostout.cfg of this folder, else begins a hostout.cfg. Asks for what no flag says, where there is a terminal. Shows what it will write first; replaces nothing.";
  static override examples = [
    "hostout init",
    "hostout init first-site --host web1.example.com --path /srv/first_site --restart 'supervisorctl restart first-site:*'",
  ];
  static override args = { site: Args.string({ description: "the name of the site" }) };
  static override flags = {
    config: Flags.string({
      char: "c",
      summary: "the configuration; hostout.cfg or buildout.cfg of this folder",
    }),
    host: Flags.string({ summary: "the hosts of the site" }),
    path: Flags.string({ summary: "where the site is on its hosts" }),
    user: Flags.string({ summary: "who logs in; if not given, what ssh's configuration says, else root" }),
    "effective-user": Flags.string({ summary: "who owns the files of the site and runs it" }),
    restart: Flags.string({ summary: "command line that restarts the site" }),
    environment: Flags.string({ summary: "development, staging or production" }),
    plugin: Flags.string({ summary: "the plugin that brings the commands", default: "hostout.pushdeploy" }),
    scripts: Flags.boolean({ summary: "write bin/hostout and bin/SITE too" }),
    yes: Flags.boolean({ char: "y", summary: "write without asking" }),
    "no-input": Flags.boolean({ summary: "never ask" }),
    "dry-run": Flags.boolean({ summary: "show what would be written, write nothing" }),
  };

  override async run(): Promise<number> {
    const { flags, args } = await this.parse(Init);
    const ask = makePrompt(flags["no-input"]);
    const answers =
      ask && !flags.yes ? await askFor({ ...flags, site: args.site }) : given({ ...flags, site: args.site });
    const config = configName(flags.config);
    const scripts =
      flags.scripts ||
      (ask !== undefined &&
        !flags.yes &&
        !existsSync("bin/hostout") &&
        (await ask.confirm("Write bin/hostout and a script for the site?")));
    const options = optionsOf(answers, flags.plugin);
    const choice: InitChoice = {
      site: { name: answers.site, options },
      config,
      inParts: await checkSite(config, answers),
      scripts,
      versionControl: existsSync(".hg") ? "hg" : "git",
    };
    const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);
    const files = initFiles(choice, read);
    const style = makeStyle(process.stdout, process.env);
    this.log(showFiles(files, style));
    if (flags["dry-run"]) return 0;
    if (ask && !flags.yes && !(await ask.confirm("Write this?"))) {
      this.log("Nothing was written.");
      return 0;
    }
    for (const file of files) await write(file);
    await openProject(join(process.cwd(), config));
    this.log(`Written: ${files.map(({ path }) => path).join(", ")}.`);
    this.log(
      `'hostout ${answers.site}' lists what can be done; 'hostout ${answers.site} check' tries the host.`,
    );
    return 0;
  }
}

function given(flags: Known): Answers {
  const { site = "first-site", host } = flags;
  if (host === undefined) {
    throw new HostoutError({
      code: "usage",
      message: "init needs the host of the site; nobody can be asked here",
      hint: `For example: hostout init ${site} --host web1.example.com --path /srv/${site}`,
    });
  }
  return { ...flags, site, host };
}

async function askFor(flags: Known): Promise<Answers> {
  const ask = (known: string | undefined, question: string, otherwise: string) =>
    known === undefined ? askLine(question, otherwise) : Promise.resolve(known);
  const site = await ask(flags.site, "Name of the site", "first-site");
  let host = await ask(flags.host, "Its hosts (name, name:port, several with blanks)", "");
  while (host === "") host = await askLine("It needs a host", "");
  return {
    site,
    host,
    path: await ask(flags.path, "Where it is on its hosts", `/srv/${site}`),
    user: (await ask(flags.user, "Who logs in (empty: as ssh's configuration says)", "")) || undefined,
    "effective-user":
      (await ask(flags["effective-user"], "Who owns and runs it (empty: who logs in)", "")) || undefined,
    restart: (await ask(flags.restart, "Command line that restarts it (empty: none)", "")) || undefined,
    environment: await ask(flags.environment, "Environment (development, staging, production)", "production"),
  };
}

function configName(named: string | undefined): string {
  if (named !== undefined) return relative(process.cwd(), findConfig(named, {}, process.cwd()).file);
  return ["hostout.cfg", "buildout.cfg"].find((name) => existsSync(name)) ?? "hostout.cfg";
}

function optionsOf(answers: Answers, plugin: string): readonly (readonly [string, string])[] {
  const options = { extends: plugin, ...answers, site: undefined };
  const names = ["extends", "host", "path", "user", "effective-user", "restart", "environment"] as const;
  return names.flatMap((name) => {
    const text = options[name];
    return text === undefined || text === "" ? [] : [[name, text] as const];
  });
}

/**
 * Checks what was given against what is there. Resolves to whether `all` means what [buildout] parts names, so that the new
 * site has to be named there too.
 */
async function checkSite(config: string, { site, host }: Answers): Promise<boolean> {
  parseHosts(host, undefined, undefined);
  const refuse = (message: string, hint: string) => new HostoutError({ code: "usage", message, hint });
  if (!/^[A-Za-z0-9][\w.-]*$/.test(site) || topics.has(site) || reservedNames.has(site))
    throw refuse(
      `a site cannot be called '${site}'`,
      "Letters, digits, - and _; no name of a command of hostout.",
    );
  if (!existsSync(config)) return false;
  const project = await openProject(join(process.cwd(), config));
  if (project.config.sectionNames.includes(site))
    throw refuse(`there is a section [${site}] in ${config} already`, "Give the site another name.");
  const parts = project.config.option("buildout", "parts")?.text.split(/\s+/) ?? [];
  return parts.some((name) => project.sites.has(name));
}

/** What was not there is made, and is never written over; what was is replaced as a whole, its mode kept. */
async function write({ path, before, text, mode }: PlannedFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (before === undefined) return writeFile(path, text, { mode, flag: "wx" });
  await replaceFile(path, text);
}
