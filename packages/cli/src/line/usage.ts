import type { CommandWords } from "@hostout/kit";

/** Returns the usage of a command: `update [BRANCH] [--force]`. */
export function usageOf(name: string, { all, rest }: CommandWords): string {
  const words = all.map(({ name: word, declaration: { flag }, isRequired, takesValue }) => {
    if (flag) return takesValue ? `[--${word} VALUE]` : `[--${word}]`;
    return isRequired ? word.toUpperCase() : `[${word.toUpperCase()}]`;
  });
  return [name, ...words, ...(rest ? [`[${rest.name.toUpperCase()}…]`] : [])].join(" ");
}
