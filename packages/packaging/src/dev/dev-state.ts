import { join } from "node:path";
import { formatSortedIni, parseIni } from "@hostout/releases";
import { readText, replaceFile } from "../replace-file.ts";

/** What was built of a development package last. */
export interface DevRecord {
  /** Of its content, hex. */
  readonly hash: string;
  /** What was made and by what. */
  readonly by: string;
  readonly name: string;
  /** The version that the project gives itself. */
  readonly own: string;
  readonly version: string;
  readonly count: number;
  /** Name of the built file. */
  readonly file: string;
  /** Of the built file, hex. */
  readonly sha256: string;
}

/** What is known of development packages, by folder (relative to the project) and what was made of it. */
export type DevState = ReadonlyMap<string, DevRecord>;

/** Two sites may want one package in two formats. Without characters that a section's name cannot have. */
export function stateKey(label: string, by: string): string {
  return `${label} ${by}`.replaceAll(/[[\];#=%"']/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}

/** All that was ever made of a folder, as far as it is recorded. */
export function recordsOf(state: DevState, label: string): readonly DevRecord[] {
  return [...state].filter(([key, { by }]) => key === stateKey(label, by)).map(([, record]) => record);
}

/** Reads what is recorded of a project's packages; what is damaged is as if it were not there. */
export async function readDevState(folder: string): Promise<DevState> {
  const sections = parseIni((await readText(stateFile(folder))) ?? "");
  const state = new Map<string, DevRecord>();
  for (const [key, values] of Object.entries(sections)) {
    const { hash, by, name, own = "", version, file, sha256 } = values;
    const count = Number(values.count);
    if (hash && by && name && version && file && sha256 && Number.isSafeInteger(count))
      state.set(key, { hash, by, name, own, version, count, file, sha256 });
  }
  return state;
}

/** Replaces the record whole. */
export async function writeDevState(folder: string, state: DevState): Promise<void> {
  const sections = [...state].map(([key, record]) => [key, { ...record, count: String(record.count) }]);
  await replaceFile(stateFile(folder), formatSortedIni(Object.fromEntries(sections)), 0o600);
}

function stateFile(folder: string): string {
  return join(folder, ".hostout", "dev-packages.ini");
}
