import { type HostContext, type OptionValues, option } from "@hostout/kit";
import type { ReleaseOptions } from "../release/values/release-options.ts";
import { parseArchive } from "./system/archive.ts";
import { knownSystems } from "./system/family.ts";

/** Options of `setup` and its parts: those of collective.hostout, and those that hostout adds. */
export const setupOptions = {
  setupUser: option.string({
    summary:
      "account that setup logs in as, where user cannot: root, or an account that may become root by sudo",
    default: "root",
    example: "ubuntu",
  }),
  setupPassword: option.secret({
    summary:
      "password of setup-user; better left out: keys and the agent are tried first, then it is asked for once a run",
    optional: true,
  }),
  setupIdentityFile: option.path({
    summary: "private key of setup-user; if not set, the keys that ssh finds",
    optional: true,
    example: "~/.ssh/cloud.pem",
  }),
  setupHome: option.path({
    summary: "folder of the homes of the accounts of the site",
    default: "/home",
  }),
  setupRoot: option.boolean({
    summary: "let the login user become root without a password, as commands-as = root and sudo-parts need",
    default: "false",
  }),
  setupSudoers: option.lines({
    summary: "further lines of the site's file in /etc/sudoers.d, one a line",
    optional: true,
    example: "zope ALL=(root) NOPASSWD: /usr/bin/systemctl restart first-site",
  }),
  buildoutGroup: option.string({
    summary:
      "group of effective-user and buildout-user, made by setup; if not set, each has a group of its own",
    optional: true,
    example: "zope",
  }),
  bootstrapCommand: option.lines({
    summary:
      "command lines that install the runtime in the place of packages. setup runs them once on each host as root, and again after a change",
    optional: true,
    example: "sh /srv/install-runtime",
  }),
  nodeArchive: option.checked(
    option.string({
      summary:
        "archive of Node that setup installs in the place of the packages, with its hash: URL#sha256=HASH",
      optional: true,
    }),
    (text) =>
      text === undefined || parseArchive(text) ? undefined : `'${text}' has no hash: write URL#sha256=HASH`,
  ),
  hostos: option.string({
    summary: `system of the hosts: ${knownSystems.join(", ")}; if not set, setup reads /etc/os-release`,
    optional: true,
    example: "debian",
  }),
};

/** The context of a part of `setup` on each host. */
export type OnNewHost<A = unknown> = HostContext<ReleaseOptions & OptionValues<typeof setupOptions>, A>;
