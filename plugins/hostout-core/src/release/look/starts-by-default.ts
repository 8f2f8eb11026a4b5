import type { ReleaseOptions } from "../values/release-options.ts";

/** Whether the site is started by bin/supervisord of its build: not where its file says by itself what is run around a build. */
export function startsByDefault({ startCmd, preCommands, postCommands }: ReleaseOptions): boolean {
  return !startCmd && !preCommands && !postCommands;
}
