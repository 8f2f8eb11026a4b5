import type { AnyCommand } from "@hostout/kit";

/**
 * The outermost layer of a command that declares what words and flags it takes; the outermost of all where none does. A layer below
 * steps is never run, so its words are none here.
 */
export function declaringCommand(layers: readonly { readonly command: AnyCommand }[]): AnyCommand {
  const last = layers.findIndex(({ command }) => command.steps !== undefined);
  const reached = last < 0 ? layers : layers.slice(0, last + 1);
  return (reached.find(({ command }) => command.args || command.rest) ?? layers[0]!).command;
}
