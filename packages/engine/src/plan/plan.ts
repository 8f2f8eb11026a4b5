import {
  type AnyCommand,
  HostoutError,
  type Invocation,
  iniName,
  type Layer,
  type Plugin,
  requireCommand,
  type Site,
  type Step,
  type Target,
} from "@hostout/kit";

/** The user's request: commands in order, on some hosts. */
export interface Request {
  readonly targets: readonly Target[];
  readonly commands: readonly { readonly name: string; readonly invocation: Invocation }[];
}

/** A command with all its layers, ready to run. */
export interface PlannedCommand {
  readonly name: string;
  readonly invocation: Invocation;
  /**
   * The option that must be true on a site. Otherwise the run skips the step. `name` is as in the INI file.
   */
  readonly when?: { readonly plugin: Plugin; readonly option: string; readonly name: string } | undefined;
  /** Outermost first. */
  readonly layers: readonly PlannedLayer[];
}

/** Steps of a composition that belong together. */
export interface PlannedList {
  readonly steps: readonly PlannedStep[];
  /** Runs batch by batch. */
  readonly rolling: boolean;
  /** An interrupt waits for its end. */
  readonly whole: boolean;
  /** Steps that roll a host back. */
  readonly undo: readonly PlannedStep[];
}

export type PlannedStep = PlannedCommand | PlannedList;

export function isPlannedList(step: PlannedStep): step is PlannedList {
  return !("layers" in step);
}

/** Steps around a command. */
export interface PlannedHooks {
  readonly before: readonly PlannedStep[];
  readonly after: readonly PlannedStep[];
  readonly onFailure: readonly PlannedStep[];
}

/** One layer of a command. Its `hooks` lie over the same plugin's own part of the command, if it has one. */
export interface PlannedLayer extends Layer {
  readonly form: "run" | "runOnce" | "steps" | "hooks";
  /** Empty unless the form is `steps`. */
  readonly steps: readonly PlannedStep[];
  /** Only for the form `hooks`. */
  readonly hooks?: PlannedHooks;
}

/** Sites that compose their commands in the same way. Their hosts wait for each other between steps. */
export interface PlanGroup {
  readonly targets: readonly Target[];
  readonly commands: readonly PlannedCommand[];
}

/** The meaning of a request, as data. Groups run beside each other. */
export interface Plan {
  readonly groups: readonly PlanGroup[];
}

/**
 * Makes the plan of a request. A pure function.
 *
 * @throws HostoutError `unknown-command` (also for a command that a composition names), `plugin-broken` for a
 * circle of compositions
 */
export function makePlan(request: Request): Plan {
  const groups = new Map<string, { targets: Target[]; commands: readonly PlannedCommand[] }>();
  const plannedBySite = new Map<Site, readonly PlannedCommand[]>();
  const nameOf = byCode();
  for (const target of request.targets) {
    let commands = plannedBySite.get(target.site);
    if (!commands) {
      commands = request.commands.map(({ name, invocation }) => planCommand(target.site, name, invocation));
      plannedBySite.set(target.site, commands);
    }
    const signature = JSON.stringify(commands.map((command) => signatureOf(command, nameOf)));
    const group = groups.get(signature);
    if (group) group.targets.push(target);
    else groups.set(signature, { targets: [target], commands });
  }
  return { groups: [...groups.values()] };
}

/**
 * Identifies a layer by the function that it calls, because two plugins may have the same name. Steps and
 * hooks are identified by their parts, with the options that they need and their retries.
 */
function byCode(): NameOf {
  const known = new Map<unknown, number>();
  return ({ plugin, command }) => {
    const code = command.run ?? command.runOnce;
    if (!code) return JSON.stringify([plugin.name, command.needs ?? [], command.retries ?? 0]);
    const number = known.get(code) ?? known.size;
    known.set(code, number);
    return number;
  };
}

/**
 * Plans one command on one site. `above` holds the compositions that contain it.
 *
 * @throws as {@link makePlan}
 */
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
      hint: `A command that wraps another of its own name calls next(); in the configuration: after.${name} = …`,
    });
  }
  const path = [...above, name];
  return { name, invocation, layers: layers.flatMap((layer) => planLayers(site, layer, path)) };
}

/** Plans a plugin's part of a command: its hooks, if any, over its own work, if any. */
function planLayers(site: Site, layer: Layer, path: readonly string[]): readonly PlannedLayer[] {
  const { command } = layer;
  const plan = (steps: readonly Step[] = []) => steps.map((step) => planStep(site, layer, step, path));
  const layers: PlannedLayer[] = [];
  if (command.before || command.after || command.onFailure) {
    const hooks = {
      before: plan(command.before),
      after: plan(command.after),
      onFailure: plan(command.onFailure),
    };
    layers.push({ ...layer, form: "hooks", steps: [], hooks });
  }
  const { around, aroundOnce } = command;
  // The steps may be repeatable one by one, but not all of them together.
  const once = { ...command, idempotent: false, readOnly: false, retries: 0 };
  if (aroundOnce)
    layers.push({ ...layer, command: { ...once, runOnce: aroundOnce }, form: "runOnce", steps: [] });
  if (around) layers.push({ ...layer, command: { ...once, run: around }, form: "run", steps: [] });
  const form = formOf(command);
  if (form) layers.push({ ...layer, form, steps: plan(command.steps) });
  return layers;
}

function planStep(site: Site, layer: Layer, step: Step, path: readonly string[]): PlannedStep {
  if (typeof step === "string") return planCommand(site, step, { args: [] }, path);
  if ("steps" in step) {
    const steps = step.steps.map((one) => planStep(site, layer, one, path));
    const undo = (step.undo ?? []).map((one) => planStep(site, layer, one, path));
    const { rolling = false, whole = rolling } = step;
    return { steps, rolling, whole, undo };
  }
  const planned = planCommand(site, step.command, { args: step.args ?? [] }, path);
  if (step.when === undefined) return planned;
  return { ...planned, when: { plugin: layer.plugin, option: step.when, name: iniName(step.when) } };
}

function formOf(command: AnyCommand): "run" | "runOnce" | "steps" | undefined {
  if (command.steps) return "steps";
  if (command.runOnce) return "runOnce";
  return command.run ? "run" : undefined;
}

/** Identifies the code of a layer. */
type NameOf = (layer: PlannedLayer) => string | number;

function signatureOf(step: PlannedStep, nameOf: NameOf): unknown {
  const below = (steps: readonly PlannedStep[]) => steps.map((one) => signatureOf(one, nameOf));
  if (isPlannedList(step)) return [step.rolling, step.whole, below(step.steps), below(step.undo)];
  const { name, invocation, when, layers } = step;
  return [
    name,
    invocation,
    when && [when.name, when.plugin.options[when.option]?.default],
    layers.map((layer) => [
      nameOf(layer),
      layer.form,
      below(layer.steps),
      layer.hooks && [layer.hooks.before, layer.hooks.after, layer.hooks.onFailure].map(below),
    ]),
  ];
}

/**
 * Renders the commands of a plan as text that is stable across processes. Two plans with the same text do the
 * same steps at the same places.
 */
export function planSignature({ groups }: Plan): string {
  const nameOf: NameOf = ({ plugin }) => plugin.name;
  return JSON.stringify(
    groups.map(({ targets, commands }) => [
      targets.map(({ site, host }) => [site.name, host.name, host.port]),
      commands.map((command) => signatureOf(command, nameOf)),
    ]),
  );
}
