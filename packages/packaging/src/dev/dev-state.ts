import { join } from "node:path";
import { formatSortedIni, parseIni } from "@hostout/releases";
import { readText, replaceFile } from "../replace-file.ts";

/** The record of the last build of a development package. */
export interface DevRecord {
  /** Hash of its content, hex. */
  readonly hash: string;
  /** The kind of the built file, and its build tool. */
  readonly by: string;
  readonly name: string;
  /** The version in the project's own files. */
  readonly own: string;
  readonly version: string;
  readonly count: number;
  /** Name of the built file. */
  readonly file: string;
  /** sha256 of the built file, hex. */
  readonly sha256: string;
}

/** The records of development packages, by folder (relative to the project) and kind of build. */
export type DevState = ReadonlyMap<string, DevRecord>;

/**
 * Returns the key of a record. Two sites may need one package in two formats. The key has no character that is
 * forbidden in a section's name.
 */
export function stateKey(label: string, by: string): string {
  return `${label} ${by}`.replaceAll(/[[\];#=%"']/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}

/** Returns all records of a folder. */
export function recordsOf(state: DevState, label: string): readonly DevRecord[] {
  return [...state].filter(([key, { by }]) => key === stateKey(label, by)).map(([, record]) => record);
}

/** Reads the records of a project's packages. A damaged record counts as missing. */
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

/** Replaces all records. */
export async function writeDevState(folder: string, state: DevState): Promise<void> {
  const sections = [...state].map(([key, record]) => [key, { ...record, count: String(record.count) }]);
  await replaceFile(stateFile(folder), formatSortedIni(Object.fromEntries(sections)), 0o600);
}

function stateFile(folder: string): string {
  return join(folder, ".hostout", "dev-packages.ini");
}
