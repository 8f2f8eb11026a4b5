import type {
  ExplainedCommand,
  ExplainedLayer,
  ExplainedOption,
  ExplainedSite,
  ExplainedStep,
} from "@hostout/engine";
import type { Style } from "../show/style.ts";
import { visibleData } from "../show/visible-text.ts";

/** A node of a printed tree: its text, its further lines, and the nodes below it. */
interface Node {
  readonly label: string;
  readonly details: readonly string[];
  readonly children: readonly Node[];
}

/**
 * Prints plans as trees: each command with its plugins, its steps, and the options it reads with their places.
 * Paths below `folder` are relative.
 */
export function printExplanation(sites: readonly ExplainedSite[], style: Style, folder: string): string {
  return printPlans(visibleData(sites), style, folder);
}

/**
 * Prints plans like {@link printExplanation}, before a dry run. Of the options, it shows only those set in a
 * file, each at its first reader.
 */
export function printBriefly(sites: readonly ExplainedSite[], style: Style, folder: string): string {
  const brief = visibleData(sites).map((site) => {
    const told = new Set<string>();
    const ofStep = (step: ExplainedStep): ExplainedStep =>
      "command" in step ? ofCommand(step) : { ...step, steps: step.steps.map(ofStep) };
    const ofLayer = (layer: ExplainedLayer): ExplainedLayer => ({
      ...layer,
      options: layer.options.filter(
        ({ name, origin }) => origin !== undefined && !told.has(name) && told.add(name),
      ),
      before: layer.before.map(ofStep),
      steps: layer.steps.map(ofStep),
      after: layer.after.map(ofStep),
      onFailure: layer.onFailure.map(ofStep),
    });
    const ofCommand = (command: ExplainedCommand): ExplainedCommand => ({
      ...command,
      layers: command.layers.map(ofLayer),
    });
    return { ...site, commands: site.commands.map(ofCommand) };
  });
  return printPlans(brief, style, folder);
}

function printPlans(sites: readonly ExplainedSite[], style: Style, folder: string): string {
  return sites
    .map(
      (site) =>
        `${style.bold(headOf(site))}\n${site.commands.flatMap((command) => draw(commandNode(command, folder), style)).join("\n")}\n`,
    )
    .join("\n");
}

function headOf({ site, hosts, effectiveUser }: ExplainedSite): string {
  const names = hosts.map(({ name }) => name);
  const users = [...new Set(hosts.map(({ user }) => user ?? "whom ssh's configuration says, else root"))];
  const owner = effectiveUser === undefined ? "" : `, files are ${effectiveUser}'s`;
  return `${site} on ${names.length > 8 ? `${names.length} hosts` : names.join(", ")}, logging in as ${users.join(", ")}${owner}`;
}

const forms: Readonly<Record<ExplainedLayer["form"], string>> = {
  run: "on each host",
  runOnce: "once, here",
  steps: "steps, each when the one before has succeeded on every host",
  hooks: "around what follows",
};

function commandNode({ command, args, when, layers }: ExplainedCommand, folder: string): Node {
  const words = [command, ...args].join(" ");
  const skipped = when && !when.isTrue ? ` (skipped: ${when.option} is false)` : "";
  const [only, ...others] = layers;
  if (only && others.length === 0) {
    const node = layerNode(only, folder);
    return { ...node, label: `${words}${skipped}: ${node.label}` };
  }
  const { reached, replaced } = wayThrough(layers);
  const children = reached.map((layer, index) => {
    const node = layerNode(layer, folder);
    return index === 0 ? node : { ...node, label: `over ${node.label}` };
  });
  const names = new Set(replaced.map(({ plugin }) => plugin));
  const lines = [...names].map((name) => leaf(`replaces ${name}'s ${command}`));
  return { label: `${words}${skipped}`, details: [], children: [...children, ...lines] };
}

const leaf = (label: string): Node => ({ label, details: [], children: [] });

/**
 * Returns the layers that a call reaches. A composition calls no `next()`, so a call never reaches the layers
 * below the first one.
 */
function wayThrough(layers: readonly ExplainedLayer[]): {
  readonly reached: readonly ExplainedLayer[];
  readonly replaced: readonly ExplainedLayer[];
} {
  const last = layers.findIndex(({ form }) => form === "steps");
  const count = last < 0 ? layers.length : last + 1;
  return { reached: layers.slice(0, count), replaced: layers.slice(count) };
}

function layerNode(layer: ExplainedLayer, folder: string): Node {
  const hooks = (["before", "after", "onFailure"] as const).flatMap((name) =>
    layer[name].map((step) => labelled(name === "onFailure" ? "on failure" : name, stepNode(step, folder))),
  );
  // A single list does not need its own level.
  const [only, ...others] = layer.steps;
  const list = only && others.length === 0 && !("command" in only) && !only.rolling ? only : undefined;
  const steps = (list?.steps ?? layer.steps).map((step) => stepNode(step, folder));
  return {
    label: `${layer.plugin}, ${forms[layer.form]}${list ? backOf(list.undo) : ""}`,
    details: layer.options.map((option) => optionText(option, folder)),
    children: [...steps, ...hooks],
  };
}

function stepNode(step: ExplainedStep, folder: string): Node {
  if ("command" in step) return commandNode(step, folder);
  return {
    label: `${step.rolling ? "batch by batch" : "together"}${backOf(step.undo)}`,
    details: [],
    children: step.steps.map((one) => stepNode(one, folder)),
  };
}

function backOf(undo: readonly ExplainedStep[]): string {
  return undo.length === 0 ? "" : `; where it fails: ${undo.map(nameOf).join(" ")}`;
}

function nameOf(step: ExplainedStep): string {
  return "command" in step ? step.command : step.steps.map(nameOf).join(" ");
}

function labelled(word: string, node: Node): Node {
  return { ...node, label: `${word}: ${node.label}` };
}

function optionText({ name, value, origin }: ExplainedOption, folder: string): string {
  const text = value === undefined ? "not set" : value.split("\n").join(" | ");
  const place = origin?.startsWith(`${folder}/`) ? origin.slice(folder.length + 1) : origin;
  return `${name} = ${text}  ${place ?? (value === undefined ? "" : "default")}`.trimEnd();
}

function draw({ label, details, children }: Node, style: Style): readonly string[] {
  const below = children.flatMap((child, index) => {
    const isLast = index === children.length - 1;
    const [first = "", ...rest] = draw(child, style);
    return [`${isLast ? "└─" : "├─"} ${first}`, ...rest.map((line) => `${isLast ? "  " : "│ "} ${line}`)];
  });
  return [
    label,
    ...details.map((line) => `${children.length > 0 ? "│" : " "}    ${style.dim(line)}`),
    ...below,
  ];
}
