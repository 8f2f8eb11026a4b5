import { basename } from "node:path";
import { HostoutError, parseHosts, siteOptions } from "@hostout/kit";
import type { Project } from "../project/project.ts";
import { askLine } from "../run/prompt.ts";
import { reservedNames, topics } from "../topics.ts";

/** The answers that flags give. */
export type Known = { readonly [K in keyof Answers]?: Answers[K] | undefined };

/** The answers of the user about a new site. */
export interface Answers {
  readonly site: string;
  readonly host: string;
  readonly path: string;
  readonly user?: string | undefined;
  readonly "effective-user"?: string | undefined;
  readonly restart?: string | undefined;
  readonly environment?: string | undefined;
}

const siteForm = /^[A-Za-z0-9][\w.-]*$/;

/**
 * Returns the answers of the flags, if nobody can be asked.
 *
 * @throws HostoutError `usage` without a host
 */
export function given(flags: Known, project: Project | undefined): Answers {
  const { site = siteName(project), host } = flags;
  if (host === undefined) {
    throw new HostoutError({
      code: "usage",
      message: "init needs the host of the site; nobody can be asked here",
      hint: `For example: hostout init ${site} --host web1.example.com --path /srv/${site}`,
    });
  }
  return { ...flags, site, host, path: flags.path ?? pathOf(site, flags.user) };
}

/** Returns the reason why a new site is not named like this folder, or undefined if it is. */
export function whyOtherName(site: string): string | undefined {
  const name = basename(process.cwd());
  if (site !== "first-site" || name === site) return undefined;
  const why = siteForm.test(name)
    ? "is taken already"
    : "is not the name of a site (letters, digits, - and _)";
  return `The site is called first-site: the name of this folder, '${name}', ${why}. To choose: hostout init NAME`;
}

/** Returns the name of this folder, if it is a valid name of a site. */
function siteName(project: Project | undefined): string {
  const name = basename(process.cwd());
  const isFree =
    !topics.has(name) && !reservedNames.has(name) && !project?.config.sectionNames.includes(name);
  return siteForm.test(name) && isFree ? name : "first-site";
}

/** Returns the default path. Only root can create a folder in /srv. */
const pathOf = (site: string, user: string | undefined) =>
  user === undefined || user === "root" ? `/srv/${site}` : `~/${site}`;

/** Asks for each answer that no flag gives. `isStarted`: a program of the site runs on the host. */
export async function askFor(
  flags: Known,
  project: Project | undefined,
  isStarted: boolean,
): Promise<Answers> {
  const ask = (known: string | undefined, question: string, otherwise: string) =>
    known === undefined ? askLine(question, otherwise) : Promise.resolve(known);
  const site = await ask(flags.site, "Name of the site", siteName(project));
  let host = await ask(flags.host, "Hosts of the site (name, name:port; several with blanks)", "");
  while (host === "") host = await askLine("A site needs a host", "");
  const user =
    (await ask(flags.user, "Login user (empty: as ssh's configuration says, else root)", "")) || undefined;
  return {
    site,
    host,
    user,
    path: await ask(flags.path, "Folder of the site on its hosts", pathOf(site, user)),
    "effective-user":
      (await ask(flags["effective-user"], "Owner of the site (empty: the login user)", "")) || undefined,
    restart: isStarted
      ? (await ask(flags.restart, "Command line that restarts the site (empty: none)", "")) || undefined
      : flags.restart,
    environment: await ask(flags.environment, "Environment (development, staging, production)", "production"),
  };
}

/**
 * Checks the answers against the existing configuration.
 *
 * @throws HostoutError `usage`
 */
export function checkSite(config: string, project: Project | undefined, { site, host, path }: Answers): void {
  parseHosts(host, undefined, undefined);
  const refuse = (message: string, hint: string) => new HostoutError({ code: "usage", message, hint });
  if (!siteForm.test(site) || topics.has(site) || reservedNames.has(site))
    throw refuse(
      `a site cannot be called '${site}'`,
      "Letters, digits, - and _; no name of a command of hostout.",
    );
  if (project?.config.sectionNames.includes(site))
    throw refuse(`there is a section [${site}] in ${config} already`, "Give the site another name.");
  try {
    siteOptions.path.parse(path);
  } catch (error) {
    throw refuse(`--path: ${(error as Error).message}`, `For example: --path /srv/${site}`);
  }
}
