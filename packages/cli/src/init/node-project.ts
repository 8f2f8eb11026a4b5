import { type DetectedProject, generated, type ReadProject } from "./detected-project.ts";

/** The fields of a package.json that hostout reads. */
interface Manifest {
  readonly main?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * The package managers: lock file, then the lines that install all, install for production only, and remove the
 * rest.
 */
const managers = [
  ["package-lock.json", "npm ci", "npm ci --omit=dev", "npm prune --omit=dev"],
  ["npm-shrinkwrap.json", "npm ci", "npm ci --omit=dev", "npm prune --omit=dev"],
  [
    "pnpm-lock.yaml",
    "pnpm install --frozen-lockfile",
    "pnpm install --frozen-lockfile --prod",
    "pnpm prune --prod",
  ],
  ["yarn.lock", "yarn install --frozen-lockfile", "yarn install --frozen-lockfile --production", undefined],
] as const;
const npm = ["", "npm install", "npm install --omit=dev", "npm prune --omit=dev"] as const;

/** The programs that make pages, each with its output folder. */
const makers: readonly (readonly [name: string, folder: string])[] = [
  ["@11ty/eleventy", "_site"],
  ["react-scripts", "build"],
  ["@docusaurus/core", "build"],
  ["gatsby", "public"],
  ["astro", "dist"],
  ["vite", "dist"],
  ["parcel", "dist"],
];

/** The programs that answer requests. With one of them, the output of a build is not a site by itself. */
const servers = [
  "express",
  "fastify",
  "koa",
  "hono",
  "next",
  "nuxt",
  "@nestjs/core",
  "@hapi/hapi",
  "@astrojs/node",
];

/** The start commands of web servers that only work on a developer's machine. */
const developers = /^(?:vite|astro|react-scripts|gatsby|eleventy|parcel|docusaurus|webpack|ng)\b/;

/** Returns the project that a package.json shows, or undefined without that file. */
export function nodeProject(read: ReadProject, isSaid: boolean): DetectedProject | undefined {
  const text = read("package.json");
  if (text === undefined && !isSaid) return undefined;
  const manifest = readManifest(text);
  if (!isSaid && isForHostout(manifest)) return undefined;
  const folder = isSaid ? undefined : pagesOf(manifest, read);
  if (folder !== undefined) return generated(folder, "npm run build", "package.json");
  const lines = buildLines(manifest, read);
  return {
    kind: "node",
    name: "a Node application (package.json)",
    options: lines.length === 0 ? [] : [["build-command", lines.join("\n")]],
    start: [],
  };
}

/** Reads a package.json. An unreadable one counts as empty, because npm reports the error on the host. */
function readManifest(text = "{}"): Manifest {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null ? (read as Manifest) : {};
  } catch {
    return {};
  }
}

/** Checks whether npm wrote the file only because the user installed hostout in the project. */
function isForHostout({ main, scripts = {}, dependencies = {}, devDependencies = {} }: Manifest): boolean {
  const names = Object.keys({ ...dependencies, ...devDependencies });
  const isOurs = (name: string) => /^(?:hostout(?:-|$)|@hostout\/|create-hostout-plugin$)/.test(name);
  return main === undefined && Object.keys(scripts).length === 0 && names.length > 0 && names.every(isOurs);
}

/** Returns the folder of the pages that `npm run build` makes, or undefined if it makes a program. */
function pagesOf({ main, scripts = {}, dependencies, devDependencies }: Manifest, read: ReadProject) {
  const needs = { ...dependencies, ...devDependencies };
  if (scripts.build === undefined || servers.some((name) => name in needs)) return undefined;
  if (scripts.start !== undefined && !developers.test(scripts.start)) return undefined;
  const maker = makers.find(([name]) => name in needs);
  if (maker) return maker[1];
  const folder = ["dist", "build", "public", "out", "_site"].find(
    (name) => read(`${name}/index.html`) !== undefined,
  );
  return folder ?? (main === undefined && scripts.start === undefined ? "dist" : undefined);
}

function buildLines(manifest: Manifest, read: ReadProject): readonly string[] {
  const { scripts = {}, dependencies = {}, devDependencies = {} } = manifest;
  const locked = managers.find(([lock]) => read(lock) !== undefined);
  const [, install, production, prune] = locked ?? npm;
  const needs = Object.keys({ ...dependencies, ...devDependencies }).length > 0;
  if (scripts.build !== undefined) {
    const build = "npm run build";
    return needs ? [install, build, ...(prune === undefined ? [] : [prune])] : [build];
  }
  if (needs || locked) return [production];
  // Nothing has to be installed. But this line still checks that the host has Node and that Node can parse the
  // program.
  const entry = entryOf(manifest, read);
  return entry === undefined ? [] : [`node --check ${entry}`];
}

function entryOf({ main, scripts }: Manifest, read: ReadProject): string | undefined {
  const [, started] = /^node (?:--\S+ )*([\w./-]+)$/.exec(scripts?.start ?? "") ?? [];
  return [started, main, "server.js", "index.js", "app.js"].find(
    (name) => name !== undefined && /^[\w./-]+$/.test(name) && read(name) !== undefined,
  );
}
