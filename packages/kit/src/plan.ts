import type { Layer } from "./composition.ts";
import { requireCommand } from "./composition.ts";
import type { Host } from "./host.ts";
import { HostoutError } from "./hostout-error.ts";
import { iniName } from "./option.ts";
import type { AnyCommand, Invocation, Plugin, Step } from "./plugin.ts";
import type { Site } from "./site.ts";

/** One host of one site: what a command is carried out on. */
export interface Target {
  readonly site: Site;
  readonly host: Host;
}

/** What the user asks for: commands, one after the other, on some hosts. */
export interface Request {
  readonly targets: readonly Target[];
  readonly commands: readonly { readonly name: string; readonly invocation: Invocation }[];
}

/** A command as it will be carried out. */
export interface PlannedCommand {
  readonly name: string;
  readonly invocation: Invocation;
  /** The option that must be true on a site; the step is skipped where it is not. `name` is as in the INI file. */
  readonly when?: { readonly plugin: Plugin; readonly option: string; readonly name: string } | undefined;
  /** Outermost first. */
  readonly layers: readonly PlannedLayer[];
}

export interface PlannedLayer extends Layer {
  readonly form: "run" | "runOnce" | "steps";
  /** Empty unless the form is `steps`. */
  readonly steps: readonly PlannedCommand[];
}

/** Sites whose commands are composed in the same way: a barrier stands between their steps. */
export interface PlanGroup {
  readonly targets: readonly Target[];
  readonly commands: readonly PlannedCommand[];
}

/** What a request means, as data. Groups run beside each other. */
export interface Plan {
  readonly groups: readonly PlanGroup[];
}

/**
 * Request → Plan, a pure function.
 *
 * @throws HostoutError `unknown-command` (also for one that a composition names), `plugin-broken` for compositions in a circle
 */
export function makePlan(request: Request): Plan {
  const groups = new Map<string, { targets: Target[]; commands: readonly PlannedCommand[] }>();
  const plannedBySite = new Map<Site, readonly PlannedCommand[]>();
  for (const target of request.targets) {
    let commands = plannedBySite.get(target.site);
    if (!commands) {
      commands = request.commands.map(({ name, invocation }) => planCommand(target.site, name, invocation));
      plannedBySite.set(target.site, commands);
    }
    const signature = JSON.stringify(commands.map(signatureOf));
    const group = groups.get(signature);
    if (group) group.targets.push(target);
    else groups.set(signature, { targets: [target], commands });
  }
  return { groups: [...groups.values()] };
}

/** One command on one site. `above`: the compositions that it is a step of. @throws as {@link makePlan} */
export function planCommand(
  site: Site,
  word: string,
  invocation: Invocation,
  above: readonly string[] = [],
): PlannedCommand {
  const { name, layers } = requireCommand(site, word);
  if (above.includes(name)) {
    throw new HostoutError({
      code: "plugin-broken",
      message: `${site.name}: the command '${name}' is a step of itself: ${[...above, name].join(" → ")}`,
      hint: "A command that wraps another of its own name calls next().",
    });
  }
  return { name, invocation, layers: layers.map((layer) => planLayer(site, layer, [...above, name])) };
}

function planLayer(site: Site, layer: Layer, path: readonly string[]): PlannedLayer {
  const form = formOf(layer.command);
  const steps = (layer.command.steps ?? []).map((step) => planStep(site, layer, step, path));
  return { ...layer, form, steps };
}

function planStep(site: Site, { plugin }: Layer, step: Step, path: readonly string[]): PlannedCommand {
  if (typeof step === "string") return planCommand(site, step, { args: [] }, path);
  const planned = planCommand(site, step.command, { args: step.args ?? [] }, path);
  if (step.when === undefined) return planned;
  return { ...planned, when: { plugin, option: step.when, name: iniName(step.when) } };
}

function formOf(command: AnyCommand): PlannedLayer["form"] {
  if (command.steps) return "steps";
  return command.runOnce ? "runOnce" : "run";
}

function signatureOf({ name, when, layers }: PlannedCommand): unknown {
  return [
    name,
    when?.name,
    layers.map(({ plugin, form, steps }) => [plugin.name, form, steps.map(signatureOf)]),
  ];
}
