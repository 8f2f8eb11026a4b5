import type { Host, Login, Target } from "@hostout/kit";

/** The options of a site with the credentials of its own login, by all their names. */
const ownCredentials = ["user", "password", "identity-file", "identity_file", "key_filename"];

/** Returns a host and its site as another login sees them: with its user, and with its credentials alone. */
export function asLogin(site: Target["site"], host: Host, { user, password, identityFile }: Login): Target {
  const values = new Map(site.values);
  for (const name of ownCredentials) values.delete(name);
  const { origin } = site;
  values.set("user", { text: user, origin });
  if (password !== undefined) values.set("password", { text: password, origin });
  if (identityFile !== undefined) values.set("identity-file", { text: identityFile, origin });
  return { site: { ...site, values }, host: { ...host, user } };
}
