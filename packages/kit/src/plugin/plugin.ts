import type { TransportDefinition } from "../machine/transport.ts";
import type { CheckKind } from "./check.ts";
import type { AnyCommand, CommandDefinition } from "./command.ts";
import type { ListenerDefinition } from "./listener.ts";
import type { OptionDeclaration, OptionDeclarations } from "./option.ts";
import type { SecretSource } from "./secret-source.ts";

/** A plugin as the rest of hostout sees it, whatever the types of its options and arguments. */
export interface Plugin {
  readonly name: string;
  readonly options: OptionDeclarations;
  // Only the plugin knows the types of its options and arguments. Here they are just declarations to read
  // values by.
  readonly commands: Readonly<Record<string, AnyCommand>>;
  /** Transports by name. The option `transport` of a site selects one. */
  readonly transports?: Readonly<Record<string, TransportDefinition>> | undefined;
  readonly listeners?: Readonly<Record<string, ListenerDefinition>> | undefined;
  /** Check kinds for the lines of the option `verify`. */
  readonly checks?: Readonly<Record<string, CheckKind>> | undefined;
  /** Secret sources, by the name in `secret:NAME:REFERENCE`. */
  readonly secrets?: Readonly<Record<string, SecretSource>> | undefined;
}

/** The options of a plugin that declares none. */
export type NoOptions = Readonly<Record<never, OptionDeclaration>>;

/**
 * Defines a plugin: returns the plain object unchanged. The import of a plugin must have no side effect.
 *
 * TypeScript infers `A` for each command from its `args`, so `context.args` has their types.
 */
export function definePlugin<const O extends OptionDeclarations = NoOptions, const A = unknown>(plugin: {
  readonly name: string;
  readonly options?: O;
  readonly commands?: { readonly [K in keyof A]: CommandDefinition<O, A[K]> };
  readonly transports?: Readonly<Record<string, TransportDefinition>>;
  readonly listeners?: Readonly<Record<string, ListenerDefinition>>;
  readonly checks?: Readonly<Record<string, CheckKind>>;
  readonly secrets?: Readonly<Record<string, SecretSource>>;
}): Plugin {
  return { options: {}, commands: {}, ...plugin } as unknown as Plugin;
}
