import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** Returns the licenses of the third-party packages that contain these modules. */
export function licensesOf(modules: readonly string[]): string {
  const folders = new Set(modules.filter((file) => file.includes("/node_modules/")).map(packageOf));
  return [...folders].map(licenseOf).toSorted().join("\n");
}

function packageOf(file: string): string {
  const folder = dirname(file);
  const manifest = join(folder, "package.json");
  return existsSync(manifest) && readManifest(folder).name ? folder : packageOf(folder);
}

function licenseOf(folder: string): string {
  const { name, version, license = "" } = readManifest(folder);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? license : readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${version}\n\n${text}\n`;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
