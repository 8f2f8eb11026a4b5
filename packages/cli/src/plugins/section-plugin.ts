import { type AnyCommand, HostoutError, type Plugin, type Step } from "@hostout/kit";
import type { SiteSection } from "../project/site-section.ts";

const kinds = { commands: "steps", before: "before", after: "after", "on-failure": "onFailure" } as const;

/**
 * Returns the compositions of a section as a plugin around all others: `commands.nightly = backup deploy`,
 * `before.deploy = backup`, `after.deploy = verify`, `on-failure.deploy = maintenance on`. One line is split
 * like a command line. With several lines, each line is one command with its arguments.
 *
 * @param below the plugins of the site
 */
export function sectionPlugin(
  { name: site, values }: SiteSection,
  below: readonly Plugin[],
): Plugin | undefined {
  const own = [...values.keys()].flatMap((key) => /^commands\.(.+)$/.exec(key)?.[1] ?? []);
  const takesWords = makeTakesWords(below, own);
  const commands = new Map<string, AnyCommand>();
  for (const [key, { text, origin }] of values) {
    const [, kind, name] = /^(commands|before|after|on-failure)\.(.+)$/.exec(key) ?? [];
    if (kind === undefined || name === undefined) continue;
    const steps = stepsOf(text, takesWords);
    if (steps.length === 0) {
      throw new HostoutError({
        code: "bad-option",
        message: `[${site}] ${key} names no command`,
        hint: `For example: ${key} = backup deploy`,
        origin,
      });
    }
    const field = kinds[kind as keyof typeof kinds];
    const summary = field === "steps" ? { summary: `As [${site}] says: ${text.split("\n").join(", ")}` } : {};
    commands.set(name, { ...commands.get(name), ...summary, [field]: steps });
  }
  return commands.size === 0
    ? undefined
    : { name: `[${site}]`, options: {}, commands: Object.fromEntries(commands) };
}

/** Returns whether a command takes words after it; undefined if no plugin has the command. */
type TakesWords = (name: string) => boolean | undefined;

function makeTakesWords(plugins: readonly Plugin[], composed: readonly string[]): TakesWords {
  const known = new Map<string, boolean>(composed.map((name) => [name, false]));
  for (const { commands } of plugins) {
    for (const [name, { args, rest, aliases = [] }] of Object.entries(commands)) {
      for (const one of [name, ...aliases]) {
        const takes = rest !== undefined || Object.values(args ?? {}).some(({ flag }) => !flag);
        known.set(one, takes || known.get(one) === true);
      }
    }
  }
  return (name) => known.get(name);
}

function stepsOf(text: string, takesWords: TakesWords): readonly Step[] {
  const lines = text.split("\n").map((line) => line.split(/\s+/).filter(Boolean));
  if (lines.length > 1)
    return lines.flatMap(([command, ...args]) => (command === undefined ? [] : [{ command, args }]));
  const steps: { readonly command: string; readonly args: string[] }[] = [];
  for (const word of lines[0]!) {
    const last = steps.at(-1);
    // A word that is neither a command nor a possible argument stays a command, so that its error names an
    // unknown command.
    const isArgument = last && takesWords(word) === undefined && takesWords(last.command) === true;
    if (isArgument) last.args.push(word);
    else steps.push({ command: word, args: [] });
  }
  return steps;
}
