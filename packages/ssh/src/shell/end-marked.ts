/** The variable with the mark of a command. All its processes have it in their environment. */
export const commandVariable = "HOSTOUT_COMMAND";

/**
 * Returns a line that ends the processes with the mark in their environment, if the host has /proc.
 * sshd passes signals on for all accounts but root (its session.c, session_signal_req), and only to processes that do
 * not become another account. The line itself is in the environment of the shell that looks.
 */
export function endMarkedLine(nonce: string): string {
  return `for f in $(grep -la ${nonce} /proc/[0-9]*/environ); do p=\${f#/proc/}; p=\${p%/environ}; [ "$p" = $$ ] || kill "$p"; done 2>/dev/null`;
}

/** As {@link endMarkedLine}, but fails on a host without /proc. */
export function endMarkedOrFailLine(nonce: string): string {
  return `[ -r /proc/$$/environ ] && { ${endMarkedLine(nonce)}; true; }`;
}
