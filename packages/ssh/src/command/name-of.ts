import { type Command, type RunOptions, shellText } from "@hostout/kit";

/** Returns the name of a command for a message about its failure. */
export function nameOf(command: Command, { title }: RunOptions): string {
  if (title === undefined && isOwnScript(command)) return "a step of hostout";
  // The name is never cut: hostout would not recognize half of a secret.
  return title ?? shellText(command).split("\n")[0]!;
}

/** Returns whether a command is a script of hostout, as in `sh -c TEXT hostout PATH`. Its text means nothing to people. */
function isOwnScript(command: Command): boolean {
  if ("text" in command) return false;
  const [shell, option, , name = ""] = command;
  return shell === "sh" && option === "-c" && ["hostout", "look"].includes(name);
}
