import { spawnSync } from "node:child_process";
import { lineForTerminal } from "./login-shell.ts";

const isThere = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0;

// Which of them a machine has differs; sh is everywhere.
test.each(["sh", "bash", "fish"].filter(isThere))(
  "a line for the terminal runs in /bin/sh, whatever it is, under %s",
  (shell) => {
    const line = `cd -- '/tmp' 2>/dev/null; echo "\${HOSTOUT_NONE:-a}" 'it'"'"'s' '\\'; exit 3`;
    const { status, stdout } = spawnSync(shell, ["-c", lineForTerminal(line)], { encoding: "utf8" });
    expect([status, stdout]).toEqual([3, "a it's \\\n"]);
  },
);
