import { isHostoutRecipe } from "@hostout/config";
import { type OptionDeclaration, type OptionValues, option } from "../plugin/option.ts";
import type { Site } from "./site.ts";

/** Options that every site has, whatever its plugins. */
export const siteOptions = {
  host: option.string({
    summary: "the hosts of the site: names or addresses, with a port if it is not 22",
    example: "web1 web2:2222 [::1]:22",
  }),
  user: option.string({
    summary: "login user; default: the user of ssh's own configuration, else root",
    optional: true,
    example: "deploy",
  }),
  password: option.secret({
    summary:
      "password of that user; better left out: keys and the agent are tried first, then it is asked for once a run",
    optional: true,
  }),
  identityFile: option.path({
    summary: "private key to log in with",
    optional: true,
    aliases: ["identity_file", "key_filename"],
    example: "~/.ssh/id_ed25519",
  }),
  proxyJump: option.string({
    summary:
      "hosts to go through, first to last, as ssh -J has them; if not set, what ssh's own configuration says",
    optional: true,
    example: "ann@gate.example.com:2222,inner",
  }),
  path: option.checked(
    option.path({
      summary:
        "where the site is on its hosts; an absolute path, or below a home: ~/site, ~zope/site. If not set, /var/buildout/SITE with the recipe collective.hostout, else buildout in the home of effective-user",
      default: "~/buildout",
      aliases: ["remote-path", "remote_path"],
      example: "/srv/first-site",
    }),
    // A relative path would mean a different folder for each account.
    (path) =>
      /^[/~]/.test(path) ? undefined : `'${path}' is neither absolute nor below a home, as ~/site is`,
  ),
  effectiveUser: option.string({
    summary: "owner of the site: its files and processes belong to this account; default: the login user",
    optional: true,
    example: "zope",
  }),
  buildoutUser: option.string({
    summary: "build user; default: the user of hostout (on this machine) or the login user (on a host)",
    optional: true,
  }),
  buildout: option.checked(
    option.string({
      summary: "the configuration file that is built, below path",
      default: "buildout.cfg",
      example: "production.cfg",
    }),
    (text) => (text.trim() === "" ? "no file is named" : undefined),
  ),
  environment: option.string({
    summary: "purpose of the site: development, staging, production",
    optional: true,
  }),
  extends: option.list({
    summary: "plugins that bring the site its commands",
    optional: true,
    example: "hostout.pushdeploy",
  }),
  tasks: option.list({
    summary: "files with commands of this project, beside the configuration; they wrap all plugins",
    optional: true,
    example: "./tasks.ts",
    aliases: ["fabfiles"],
  }),
  plugins: option.list({ summary: "further plugins; the later wraps the earlier", optional: true }),
  transport: option.string({
    summary:
      "way to the hosts: node-ssh (hostout's own ssh), openssh (the system's), auto, local (this machine, without ssh), or a transport of a plugin. auto is node-ssh, and openssh for certificates, FIDO keys and post-quantum servers",
    default: "auto",
  }),
  commandTimeout: option.duration({
    summary: "how long a command on a host may take, where it has no time of its own; if not set, for ever",
    optional: true,
    example: "10m",
  }),
  keep: option.integer({ summary: "number of formerly live releases that clean-up keeps", default: "5" }),
  recipe: option.string({
    summary: "read for buildout's sake, of no effect",
    optional: true,
    example: "collective.hostout",
  }),
};

/**
 * Returns the default of an option. The default of `path` depends on the site: collective.hostout's with that
 * recipe, else a folder below the home of the site's owner.
 */
export function defaultOf(site: Site, declaration: OptionDeclaration): string | undefined {
  if (declaration !== siteOptions.path) return declaration.default;
  const recipe = site.values.get("recipe")?.text.trim() ?? "";
  // Under its first name, collective.recipe.hostout, the recipe used the home.
  if (isHostoutRecipe(recipe) && !recipe.startsWith("collective.recipe."))
    return `/var/buildout/${site.name}`;
  const owner = site.values.get("effective-user")?.text;
  if (!owner || !/^[\w][\w.-]*$/.test(owner)) return declaration.default;
  return `~${owner}/buildout`;
}

export type SiteOptions = OptionValues<typeof siteOptions>;
