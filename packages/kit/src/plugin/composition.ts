import { nearMiss } from "@hostout/config";
import { HostoutError } from "../run/hostout-error.ts";
import type { Site } from "../site/site.ts";
import type { AnyCommand } from "./command.ts";
import type { Plugin } from "./plugin.ts";

/** One plugin's part of a command. */
export interface Layer {
  readonly plugin: Plugin;
  readonly command: AnyCommand;
}

/** The meaning of a command name on a site: its layers and their order. */
export interface Composition {
  readonly name: string;
  /** Outermost first. `next()` of each layer calls the layer after it. At least one. */
  readonly layers: readonly [Layer, ...Layer[]];
}

/** Returns every command of a site by its name, without aliases. */
export function commandsOf(site: Site): ReadonlyMap<string, Composition> {
  const found = new Map<string, Composition>();
  for (const plugin of site.plugins) {
    for (const [name, command] of Object.entries(plugin.commands)) {
      const below = found.get(name)?.layers ?? [];
      found.set(name, { name, layers: [{ plugin, command }, ...below] });
    }
  }
  return found;
}

/**
 * Finds the command that a word means on a site: a name, or an alias that some layer of a command declares.
 */
export function findCommand(site: Site, word: string): Composition | undefined {
  const commands = commandsOf(site);
  return (
    commands.get(word) ??
    [...commands.values()].find(({ layers }) => layers.some(({ command }) => command.aliases?.includes(word)))
  );
}

/** Finds a command, as {@link findCommand}. @throws HostoutError `unknown-command`, with a similar name */
export function requireCommand(site: Site, word: string): Composition {
  const found = findCommand(site, word);
  if (found) return found;
  const near = nearMiss(word, [...commandsOf(site).keys()]);
  throw new HostoutError({
    code: "unknown-command",
    message: `${site.name} has no command '${word}'`,
    hint: near === undefined ? `'hostout ${site.name}' lists its commands.` : `Did you mean '${near}'?`,
  });
}
