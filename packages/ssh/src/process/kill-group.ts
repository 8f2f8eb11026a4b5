/** Ends a process that was started `detached`, with all processes that it started. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // The process has already ended.
  }
}
