import { HostoutError, isHostoutError } from "@hostout/kit";
import type { OnNewHost } from "../setup-options.ts";
import { type Looked, siteLogin } from "./look-at-host.ts";

/**
 * Proves the login of the site with a new session: by its key alone. Proves also that the login user becomes the other
 * accounts without a password.
 *
 * @throws HostoutError `refused`. The rights of the account of `setup` are as before.
 */
export async function proveLogin(context: OnNewHost, { wish, facts }: Looked): Promise<void> {
  const { host } = context;
  const refuse = (message: string, hint: string, cause: unknown) =>
    new HostoutError({ code: "refused", message: `${host.name}: ${message}`, hint, host: host.name, cause });
  const remote = siteLogin(context, wish, true);
  try {
    await remote.capture(["id", "-un"]);
  } catch (error) {
    if (!isHostoutError(error) || error.code === "interrupted") throw error;
    const barred = facts.accounts.get(wish.login)?.lock === "barred";
    const why = barred
      ? ` (its password is '!', and sshd without PAM refuses that: usermod -p '*' ${wish.login})`
      : "";
    throw refuse(
      `${wish.login} has the key, but cannot log in with it${why}: ${error.message}`,
      "See AllowUsers, PubkeyAuthentication and AuthorizedKeysFile of its sshd ('sshd -T' there prints them).",
      error,
    );
  }
  for (const user of wish.becomes) {
    try {
      await remote.as({ user }).run(["true"], { quiet: true });
    } catch (error) {
      if (!isHostoutError(error) || error.code !== "sudo-refused") throw error;
      throw refuse(
        `${wish.login} logs in, but cannot become ${user}: ${error.message}`,
        "Does /etc/sudoers there include /etc/sudoers.d? A later rule may also ask for a password.",
        error,
      );
    }
  }
}
