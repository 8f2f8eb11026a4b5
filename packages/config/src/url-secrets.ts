/** Matches the user and password of an address, up to the last `@` before its path. */
const userinfo = /\b([a-z][\w+.-]*:\/\/)([^\s/?#"'<>`\\]+)@/gi;

/** Matches the name of an account, such as ann or git. Tokens are longer, or have other characters. */
const nameForm = /^[a-z][a-z0-9._-]{0,15}$/;

/** Whether an address in a text may have a user. A fast first test for long texts. */
const mayHaveUser = (text: string) => text.includes("://") && text.includes("@");

/**
 * Replaces the passwords and tokens of addresses with `***`. Of `https://ann:secret@host` the name stays, but
 * a token alone does not.
 */
export function hideUrlSecrets(text: string): string {
  if (!mayHaveUser(text)) return text;
  return text.replaceAll(userinfo, (_, scheme: string, user: string) => {
    const colon = user.indexOf(":");
    if (colon >= 0) return `${scheme}${nameIn(scheme, user.slice(0, colon))}:***@`;
    return `${scheme}${nameIn(scheme, user)}@`;
  });
}

/** Whether an address in a text has a password or a token. */
export function hasUrlSecret(text: string): boolean {
  return hideUrlSecrets(text) !== text;
}

/** Returns the passwords and tokens of addresses, as written and decoded. */
export function urlSecretsIn(text: string): readonly string[] {
  if (!mayHaveUser(text)) return [];
  return [...text.matchAll(userinfo)].flatMap(([, scheme = "", user = ""]) => {
    const colon = user.indexOf(":");
    const names = [colon >= 0 ? user.slice(0, colon) : user].filter((name) => nameIn(scheme, name) !== name);
    const written = [...names, ...(colon >= 0 ? [user.slice(colon + 1)] : [])].filter(
      (word) => word !== "" && word !== "***",
    );
    return written.flatMap((word) => [word, decoded(word)]);
  });
}

/** Hides a token. Over ssh, a name alone is always an account, and stays. */
function nameIn(scheme: string, name: string): string {
  return /ssh|sftp/i.test(scheme) || nameForm.test(name) || name === "" || name === "***" ? name : "***";
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
