import { type Command, type RunOptions, shellText } from "@hostout/kit";

/** What a command is called where it is told that it failed. */
export function nameOf(command: Command, { title }: RunOptions): string {
  if (title === undefined && isOwnScript(command)) return "a step of hostout";
  // It is not cut: half of a secret would not be known as one.
  return title ?? shellText(command).split("\n")[0]!;
}

/** The text of a script of hostout's own, as in `sh -c TEXT hostout PATH`, says nothing to people. */
function isOwnScript(command: Command): boolean {
  if ("text" in command) return false;
  const [shell, option, , name = ""] = command;
  return shell === "sh" && option === "-c" && ["hostout", "look"].includes(name);
}
