import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { iniName, type OptionDeclarations, type Plugin, type Value } from "@hostout/kit";
import type { FakeRunCall, FakeRunResult } from "../fake-run.ts";
import type { ContractSettings } from "./contract-settings.ts";
import { isQuoted } from "./shell-words.ts";
import { tryCommand, trySite, type Values } from "./try-command.ts";

/** Methods that change something, except in a dry run. */
const changing: ReadonlySet<string> = new Set(["run", "upload", "download", "sync", "interact"]);

const changesOf = ({ calls }: FakeRunResult) =>
  calls
    .filter(({ method }) => changing.has(method))
    .map((call) => `${call.machine}: ${call.method} ${call.text}`);

/**
 * Checks that a dry run leaves the project's folder unchanged and reports exactly the changes of the real
 * run. Returns the faults.
 */
export async function checkDryRun(
  plugin: Plugin,
  name: string,
  settings: ContractSettings,
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "hostout-contract-"));
  try {
    const site = trySite(plugin, settings, { config: join(folder, "hostout.cfg") });
    const dry = await tryCommand(plugin, name, settings, { site, dryRun: true });
    const left = await readdir(folder, { recursive: true });
    const wet = await tryCommand(plugin, name, settings, { site });
    const failed = [...wet.targets, ...dry.targets].find(({ status }) => status !== "ok");
    if (failed) {
      return [
        `the command fails: ${failed.error?.message}. Give it 'options', 'args' or 'answers', or give the reason in 'notRun'`,
      ];
    }
    const told = new Set(changesOf(dry));
    const done = changesOf(wet);
    return [
      ...left.map((file) => `a dry run writes the file ${file}`),
      ...done
        .filter((line) => !told.has(line))
        .map((line) => `a dry run does not show work of the run: ${line}`),
      ...changesOf(dry)
        .filter((line) => !done.includes(line))
        .map((line) => `a dry run shows work that the run does not do: ${line}`),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const mark = "hostile-7f3a";
const specials = `'"\`id\`$(id)\${HOME};&|<>*?!#\\~`;

/**
 * The types of options that take any text and are not shell lines. Each has the hostile value, and the text
 * to write before it.
 */
const free: Readonly<Record<string, { readonly value: string; readonly before?: string }>> = {
  string: { value: `${mark}${specials} b` },
  secret: { value: `${mark}${specials} b` },
  words: { value: `${mark}${specials}` },
  path: { value: `${mark}${specials} b`, before: "/srv/" },
};

/** Checks that every value reaches a shell quoted. A plugin may also refuse the value. Returns the faults. */
export async function checkQuoting(
  plugin: Plugin,
  name: string,
  settings: ContractSettings,
): Promise<readonly string[]> {
  const args = (plugin.commands[name]!.args ?? {}) as OptionDeclarations;
  const hostile = (declarations: OptionDeclarations) =>
    Object.entries(declarations).flatMap(([key, { type }]) => {
      const attack = free[type];
      return attack ? [{ key, value: attack.value, text: `${attack.before ?? ""}${attack.value}` }] : [];
    });
  const attacks: readonly { readonly what: string; readonly value: string; readonly values: Values }[] = [
    ...hostile(plugin.options).map(({ key, value, text }) => {
      return { what: `the option ${iniName(key)}`, value, values: { options: { [iniName(key)]: text } } };
    }),
    ...hostile(args).map(({ key, value, text }) => {
      return { what: `the argument ${key}`, value, values: { args: { [key]: text } } };
    }),
  ];
  const faults: string[] = [];
  for (const { what, value, values } of attacks) {
    const { calls } = await tryCommand(plugin, name, settings, { values });
    const open = calls.find((call) => isShell(call) && !isQuoted(call.text, value, mark));
    if (open) faults.push(`${what} gets to a shell unquoted: ${open.text}`);
  }
  return faults;
}

const isShell = ({ method }: FakeRunCall) => ["run", "test", "capture", "interact"].includes(method);

const secret = "s3cret-41b7";

/** Checks that no command line and no event contains a secret. Returns the faults. */
export async function checkSecrets(
  plugin: Plugin,
  name: string,
  settings: ContractSettings,
): Promise<readonly string[]> {
  const args = (plugin.commands[name]!.args ?? {}) as OptionDeclarations;
  const secretsOf = (declarations: OptionDeclarations, nameOf: (key: string) => string) =>
    Object.fromEntries(
      Object.entries(declarations).flatMap(([key, own]) =>
        own.secret ? [[nameOf(key), secret] as const] : [],
      ),
    );
  const values = { options: secretsOf(plugin.options, iniName), args: secretsOf(args, (key) => key) };
  const { calls, events } = await tryCommand(plugin, name, settings, { values });
  const line = calls.find(({ text }) => text.includes(secret));
  const told = events.find((event) => JSON.stringify(event).includes(secret));
  return [
    ...(line
      ? [
          `a secret is in a command line, where every user of the host can read it: ${line.text.replaceAll(secret, "***")}`,
        ]
      : []),
    ...(told ? [`a secret is in an event (${told.type})`] : []),
  ];
}

/** Checks that a command with `reads` reads no other option of its plugin. Returns the faults. */
export async function checkReads(
  plugin: Plugin,
  name: string,
  settings: ContractSettings,
): Promise<readonly string[]> {
  const read = new Set<string>();
  const plain = trySite(plugin, settings);
  const values = new (class extends Map<string, Value> {
    override has(key: string) {
      read.add(key);
      return super.has(key);
    }
  })(plain.values);
  const { events } = await tryCommand(plugin, name, settings, { site: { ...plain, values } });
  const began = events.flatMap((event) =>
    event.type === "task.start" && event.plugin === plugin.name ? [event.path.at(-1)!] : [],
  );
  const claims = began.map((command) => plugin.commands[command]?.reads);
  if (claims.includes(undefined)) return [];
  const claimed = new Set<string>(claims.flatMap((reads) => reads ?? []));
  return Object.keys(plugin.options)
    .filter((key) => read.has(iniName(key)) && !claimed.has(key))
    .map((key) => `the command reads the option '${iniName(key)}', which is not in its 'reads'`);
}
