import { type HostContext, HostoutError, isHostoutError } from "@hostout/kit";

/**
 * Does work on a host. If the login user cannot log in, the host may be a bare one. The error then names the command
 * that prepares it, and is one of usage.
 */
export async function explainLogin<T>(
  { host, site }: Pick<HostContext, "host" | "site">,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isHostoutError(error) || error.code !== "login-refused") throw error;
    throw new HostoutError({
      ...error,
      code: "not-set-up",
      message: error.message,
      hint: `Prepare a bare host: hostout ${site.name} setup. On any other: ${error.hint ?? "see the options user and identity-file."}`,
      host: host.name,
      cause: error,
    });
  }
}
