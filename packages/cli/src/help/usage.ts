import { type AnyCommand, iniName, type OptionDeclarations } from "@hostout/kit";

/** Returns the usage of a command: `update [BRANCH] [--force]`. */
export function usageOf(name: string, command: AnyCommand): string {
  const words = Object.entries((command.args ?? {}) as OptionDeclarations).map(
    ([key, { flag, type, optional, default: value }]) => {
      const label = iniName(key);
      if (flag) return type === "boolean" ? `[--${label}]` : `[--${label} VALUE]`;
      return optional || value !== undefined ? `[${label.toUpperCase()}]` : label.toUpperCase();
    },
  );
  const rest = command.rest ? [`[${command.rest.name.toUpperCase()}…]`] : [];
  return [name, ...words, ...rest].join(" ");
}
