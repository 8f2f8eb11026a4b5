import { formatOrigin } from "@hostout/config";
import { defaultOf, iniName, type OptionDeclarations, type Site, siteOptions } from "@hostout/kit";
import { isWanted } from "./is-wanted.ts";
import {
  isPlannedList,
  type Plan,
  type PlannedCommand,
  type PlannedLayer,
  type PlannedStep,
} from "./plan.ts";

/** An option that a command reads, with the site's value. */
export interface ExplainedOption {
  /** As in the INI file. */
  readonly name: string;
  /** In the form of the INI file. `***` for a secret. Undefined for an unset option without a default. */
  readonly value: string | undefined;
  /** `file:line`. Undefined for a default. */
  readonly origin: string | undefined;
}

/** One plugin's part of a command. */
export interface ExplainedLayer {
  readonly plugin: string;
  /** `run`: on each host, side by side. `runOnce`: once for the site, on this machine. */
  readonly form: PlannedLayer["form"];
  readonly summary: string | undefined;
  readonly steps: readonly ExplainedStep[];
  readonly before: readonly ExplainedStep[];
  readonly after: readonly ExplainedStep[];
  readonly onFailure: readonly ExplainedStep[];
  readonly options: readonly ExplainedOption[];
}

export interface ExplainedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The option that must be true, and its state. */
  readonly when: { readonly option: string; readonly isTrue: boolean } | undefined;
  /** Outermost first: `next()` of each layer calls the layer after it. */
  readonly layers: readonly ExplainedLayer[];
}

/** Steps that belong together. A rolling list runs batch by batch. */
export interface ExplainedList {
  readonly rolling: boolean;
  readonly steps: readonly ExplainedStep[];
  /** The steps that roll hosts back when the failure budget is spent. */
  readonly undo: readonly ExplainedStep[];
}

export type ExplainedStep = ExplainedCommand | ExplainedList;

/** The meaning of a plan for one site. */
export interface ExplainedSite {
  readonly site: string;
  readonly hosts: readonly { readonly name: string; readonly user: string | undefined }[];
  /** The owner of the site, where it differs from the login user. */
  readonly effectiveUser: string | undefined;
  readonly commands: readonly ExplainedCommand[];
}

/**
 * Returns a plan as data, site by site: each command with its layers, hosts and options. Connects to no host.
 *
 * @throws HostoutError `bad-option` where the option of a step's `when` has an invalid value
 */
export function explainPlan({ groups }: Plan): readonly ExplainedSite[] {
  return groups.flatMap(({ targets, commands }) =>
    [...Map.groupBy(targets, ({ site }) => site)].map(([site, own]) => ({
      site: site.name,
      hosts: own.map(({ host }) => ({ name: host.name, user: host.user })),
      effectiveUser: site.values.get("effective-user")?.text || undefined,
      commands: commands.map((command) => explainCommand(site, command)),
    })),
  );
}

function explainCommand(site: Site, command: PlannedCommand): ExplainedCommand {
  const { name, invocation, when, layers } = command;
  return {
    command: name,
    args: invocation.args,
    when: when && { option: when.name, isTrue: isWanted(command, site) },
    layers: layers.map((layer) => explainLayer(site, layer)),
  };
}

function explainLayer(site: Site, { plugin, command, form, steps, hooks }: PlannedLayer): ExplainedLayer {
  const explain = (own: readonly PlannedStep[] = []) => own.map((step) => explainStep(site, step));
  return {
    plugin: plugin.name,
    form,
    summary: command.summary,
    steps: explain(steps),
    before: explain(hooks?.before),
    after: explain(hooks?.after),
    onFailure: explain(hooks?.onFailure),
    // Steps and hooks read no options themselves, but their commands do.
    options: form === "run" || form === "runOnce" ? optionsOf(site, plugin.options, command.reads) : [],
  };
}

function explainStep(site: Site, step: PlannedStep): ExplainedStep {
  if (!isPlannedList(step)) return explainCommand(site, step);
  const explain = (own: readonly PlannedStep[]) => own.map((one) => explainStep(site, one));
  return { rolling: step.rolling, steps: explain(step.steps), undo: explain(step.undo) };
}

function optionsOf(
  site: Site,
  own: OptionDeclarations,
  reads: readonly string[] | undefined,
): readonly ExplainedOption[] {
  const all: OptionDeclarations = { ...siteOptions, ...own };
  return (reads ?? Object.keys(own)).flatMap((key): readonly ExplainedOption[] => {
    const declaration = all[key];
    if (!declaration) return [];
    const name =
      [iniName(key), ...declaration.aliases].find((known) => site.values.has(known)) ?? iniName(key);
    const set = site.values.get(name);
    const text = set?.text || defaultOf(site, declaration);
    const value = declaration.secret && text !== undefined ? "***" : text;
    // A default matters only if the command declares that it reads the option.
    if (!set?.text && !reads) return [];
    return [{ name, value, origin: set?.text ? formatOrigin(set.origin) : undefined }];
  });
}
