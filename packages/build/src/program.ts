import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Plugin, type RolldownOutput, rolldown } from "rolldown";
import { parseSync } from "rolldown/utils";
import { bundledPlugins } from "../../cli/src/plugins/bundled-plugins.ts";
import { sshParts } from "./ssh-parts.ts";

// Writes the program that `bin/hostout.js` runs: all packages of hostout in few files, with the third-party code
// that each run needs. The packages by themselves serve plugins, tests and hostout's own commands of oclif.

/** Sources that load together, with all that they import, as a file each. The first one has what several import. */
const together: Readonly<Record<string, RegExp>> = {
  words: /\/cli\/src\/completion\/answer-completion\.ts$/,
  line: /\/cli\/src\/main\.ts$|\/plugins\/hostout-core\/src\/index\.ts$/,
  run: /\/cli\/src\/(line\/parse-words|run\/run-request|config\/site-findings|journal\/(request-record|open-journal))\.ts$|\/packages\/ssh\/src\/index\.ts$/,
  ssh: /\/ssh\/src\/node-ssh\/ssh-transport\.ts$|\/node_modules\/(?:.*\/)?(node-ssh|ssh2)\//,
  package:
    /\/(hostout-core\/src\/release\/make\/package-site|packages\/packaging\/src\/index|packages\/scm\/src\/index)\.ts$/,
  deploy:
    /\/hostout-core\/src\/release\/(switch\/(rollout|go-live|stop-start|activate|verify-release)|make\/(upload|build-release|make-runtime)|look\/check-host|clean-up)\.ts$/,
  archiving: /\/node_modules\/(?:.*\/)?archiver\//,
};

/** Packages that few commands need, and that are dependencies of the command line like any other. */
const outside = /^(@oclif\/core|listr2|semver|@hostout\/testing|create-hostout-plugin|cpu-features)(\/|$)/;

/** The bundle of the program. */
export interface Program {
  /** Texts of files, by their names. */
  readonly files: ReadonlyMap<string, string>;
  /** The files of all modules in it. */
  readonly modules: readonly string[];
}

export async function makeProgram(root: string): Promise<Program> {
  const { output } = await bundleOf(root);
  const chunks = output.flatMap((file) => (file.type === "chunk" ? [file] : []));
  return {
    files: new Map(chunks.map(({ fileName, code }) => [fileName, wrapped(fileName, code)])),
    modules: chunks.flatMap(({ moduleIds }) => moduleIds),
  };
}

async function bundleOf(root: string): Promise<RolldownOutput> {
  const cli = join(root, "packages/cli/src");
  const bundle = await rolldown({
    cwd: root,
    platform: "node",
    input: {
      completion: join(cli, "completion/answer-completion.ts"),
      main: join(cli, "main.ts"),
    },
    external: (id) => outside.test(id),
    transform: { define: { "import.meta.filename": "__filename", "import.meta.dirname": "__dirname" } },
    plugins: [sshParts(), ownPackages(root)],
    checks: { ineffectiveDynamicImport: false },
  });
  return bundle.generate({
    format: "cjs",
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    codeSplitting: {
      groups: Object.entries(together).map(([name, test], index) => ({ name, test, priority: 9 - index })),
    },
  });
}

/** Resolves the packages of hostout to their sources, and finds their files from the folder of the program. */
function ownPackages(root: string): Plugin {
  return {
    name: "own-packages",
    resolveId(id) {
      // oclif loads hostout's own commands, so these and all that they import stay as they are.
      if (id.endsWith("/line/run-topic.ts")) return { id: "../run-topic.js", external: true };
      if (bundledPlugins.has(id)) return sourceOf(join(root, "plugins", id), ".");
      const [, name, path = ""] = /^@hostout\/([a-z]+)(?:\/(.*))?$/.exec(id) ?? [];
      return name === undefined
        ? undefined
        : sourceOf(join(root, "packages", name), `./${path}`.replace(/\/$/, ""));
    },
    load: {
      filter: { id: /\/src\/package-folder\.ts$/ },
      handler: (id) =>
        id.includes("/packages/cli/")
          ? 'import { dirname } from "node:path"; export const packageFolder = dirname(dirname(__dirname));'
          : `import { dirname } from "node:path"; export const packageFolder = dirname(require.resolve("@hostout/${/\/packages\/([a-z-]+)\//.exec(id)![1]}/package.json"));`,
    },
  };
}

/** Returns the source of an export of a package. */
function sourceOf(folder: string, path: string): string {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, exports[path].default.replace(/^\.\/dist\/(.*)\.js$/, "src/$1.ts"));
}

/**
 * Returns a module as one expression, a function, after the digest of its text. All characters are ASCII, so
 * that Node reads the text without decoding it.
 */
function wrapped(file: string, code: string): string {
  const ascii = withLazyNode(withoutImports(file, code)).replaceAll(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const text = `(function (exports, require, module, __filename, __dirname, importModule) {${ascii}\n})`;
  return `// ${createHash("sha256").update(text).digest("hex")}\n${text}\n`;
}

/** Replaces `import()` by a function, because Node has that for the modules that it loads itself. */
function withoutImports(file: string, code: string): string {
  const starts: number[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, start } = node as { readonly type?: unknown; readonly start?: number };
    if (type === "ImportExpression" && start !== undefined) starts.push(start);
    Object.values(node).forEach(visit);
  };
  visit(parseSync(file, code, { sourceType: "commonjs" }).program);
  const parts = [0, ...starts].map((start, index) => code.slice(start, starts[index]));
  return parts.map((part, index) => (index === 0 ? part : part.replace(/^import/, "importModule"))).join("");
}

/** The modules of Node that take more than half a millisecond. */
const slow = "assert|child_process|crypto|dns|fs/promises|net|readline|zlib";

/**
 * Loads slow modules of Node at their first use. In the code of the bundler, each use of such a module is the
 * reading of a property. A module with a default import is copied at once, so it stays.
 */
function withLazyNode(code: string): string {
  return code.replaceAll(
    new RegExp(`^let (\\w+) = require\\("(node:(?:${slow}))"\\);\\n(?!\\1 = )`, "gm"),
    'const $1 = new Proxy({}, { get: (_, name) => require("$2")[name] });\n',
  );
}
