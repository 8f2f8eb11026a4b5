import type { AnyCommand } from "@hostout/kit";

/**
 * Returns the outermost layer of a command that declares words and flags, or the outermost layer if none does.
 * A call never reaches the layers below steps, so their words do not count.
 */
export function declaringCommand(layers: readonly { readonly command: AnyCommand }[]): AnyCommand {
  const last = layers.findIndex(({ command }) => command.steps !== undefined);
  const reached = last < 0 ? layers : layers.slice(0, last + 1);
  return (reached.find(({ command }) => command.args || command.rest) ?? layers[0]!).command;
}
