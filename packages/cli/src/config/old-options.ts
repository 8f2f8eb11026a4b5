import { HostoutError, iniName, type Site } from "@hostout/kit";
import type { Project } from "../project.ts";
import type { Finding } from "./lint.ts";

/** Options that collective.hostout read, and what stands for them. A plugin that declares one takes it. */
const oldOptions: Readonly<Record<string, string>> = {
  "buildout-group": "Files belong to the group of effective-user.",
  hostos: "A host needs sshd, a POSIX shell and tar, and nothing is installed on it.",
  shell: "Any POSIX shell of the user will do.",
  "minimum-python": "Name an interpreter: bootstrap-python",
  "python-version": "Name an interpreter: python",
};

/** Options of a site that only collective.hostout knew. */
export function lintOldOptions({ name: site, values, plugins }: Site): readonly Finding[] {
  return Object.entries(oldOptions).flatMap(([name, hint]): readonly Finding[] => {
    const value = values.get(name);
    const isDeclared = plugins.some(({ options }) =>
      Object.keys(options ?? {}).some((key) => iniName(key) === name),
    );
    if (!value || isDeclared) return [];
    return [
      {
        severity: "warning",
        message: `[${site}] '${name}' was read by collective.hostout; no plugin of the site reads it`,
        origin: value.origin,
        hint,
      },
    ];
  });
}

/** The same fault, but where it is of an option that collective.hostout read: that is no slip of the pen for another one. */
export function orOldOption(site: Site, error: HostoutError): HostoutError {
  const old = lintOldOptions(site).find(({ origin }) => origin !== undefined && origin === error.origin);
  if (old === undefined) return error;
  return new HostoutError({ code: error.code, message: old.message, hint: old.hint, origin: old.origin });
}

/** Sections that are meant as sites, and name no host. */
export function lintHostless({ hostless, whyNoSite }: Project): readonly Finding[] {
  return hostless.map((name): Finding => ({ severity: "warning", ...whyNoSite(name)! }));
}
