import { type AnyCommand, HostoutError, type Plugin, type Step } from "@hostout/kit";
import type { SiteSection } from "./project.ts";

const kinds = { commands: "steps", before: "before", after: "after", "on-failure": "onFailure" } as const;

/**
 * What a section composes itself, as a plugin that wraps all others: `commands.nightly = backup deploy`,
 * `before.deploy = backup`, `after.deploy = verify`, `on-failure.deploy = tell`. On one line each word is a command; of
 * several lines each is a command with its arguments.
 */
export function sectionPlugin({ name: site, values }: SiteSection): Plugin | undefined {
  const commands = new Map<string, AnyCommand>();
  for (const [key, { text, origin }] of values) {
    const [, kind, name] = /^(commands|before|after|on-failure)\.(.+)$/.exec(key) ?? [];
    if (kind === undefined || name === undefined) continue;
    const steps = stepsOf(text);
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

function stepsOf(text: string): readonly Step[] {
  const lines = text.split("\n").map((line) => line.split(/\s+/).filter(Boolean));
  if (lines.length === 1) return lines[0]!;
  return lines.flatMap(([command, ...args]) => (command === undefined ? [] : [{ command, args }]));
}
