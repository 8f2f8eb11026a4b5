import { pluginSource, testSource } from "./plugin-source.ts";

/** The values that the files contain. */
export interface PluginDescription {
  /** The name of the package. */
  readonly name: string;
  /** The version of hostout's packages that the plugin is written for. */
  readonly version: string;
}

/** Returns the text of each file of a new plugin, by its path. Writes nothing. */
export function pluginFiles(plugin: PluginDescription): Readonly<Record<string, string>> {
  return {
    "package.json": `${JSON.stringify(manifest(plugin), null, 2)}\n`,
    "tsconfig.json": `${JSON.stringify(tsconfig, null, 2)}\n`,
    "src/index.ts": pluginSource(plugin.name),
    "src/index.test.ts": testSource,
    "README.md": readme(plugin.name),
    ".github/workflows/test.yml": workflow,
    ".gitignore": "node_modules/\ndist/\n*.tgz\n",
  };
}

function manifest({ name, version }: PluginDescription) {
  return {
    name,
    version: "0.1.0",
    description: "Shows visitors a page while a site is deployed with hostout",
    keywords: ["hostout", "hostout-plugin"],
    license: "MIT",
    type: "module",
    engines: { node: ">=22.22" },
    exports: {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./package.json": "./package.json",
    },
    files: ["dist", "!dist/**/*.test.*"],
    scripts: {
      build: "tsc",
      test: 'tsc --noEmit && node --test "src/**/*.test.ts"',
      prepack: "npm run build",
    },
    // hostout brings its own kit when it loads the plugin. The range names the versions that the plugin works
    // with.
    peerDependencies: { "@hostout/kit": `^${version}` },
    devDependencies: {
      "@hostout/kit": `^${version}`,
      "@hostout/testing": `^${version}`,
      "@types/node": "^26.0.0",
      typescript: "^7.0.0",
    },
  };
}

const tsconfig = {
  compilerOptions: {
    target: "es2024",
    module: "nodenext",
    types: ["node"],
    strict: true,
    // Node runs the sources directly: it only removes the types.
    erasableSyntaxOnly: true,
    rewriteRelativeImportExtensions: true,
    verbatimModuleSyntax: true,
    rootDir: "src",
    outDir: "dist",
    declaration: true,
    skipLibCheck: true,
  },
  include: ["src"],
};

const workflow = `name: test
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        node: [22, 24]
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: \${{ matrix.node }}
      - run: npm install
      - run: npm test
      - run: npm pack
`;

function readme(name: string): string {
  return `# ${name}

A plugin of hostout: shows visitors a page while a site is deployed.

\`\`\`console
$ npm install --save-dev ${name}
\`\`\`

\`\`\`ini
[my-site]
plugins = ${name}
maintenance-text = We are back in a minute.
\`\`\`

| | |
|---|---|
| \`hostout my-site maintenance on\` | put \`maintenance.html\` into the site's path |
| \`hostout my-site maintenance off\` | take it away |
| \`hostout my-site deploy\` | as before, with the page up meanwhile |

The web server shows the page where the file exists (nginx: \`try_files /maintenance.html @site;\`).

## Work on it

\`npm test\` checks the types, the contract of plugins and the behaviour, over machines that only record and on a throw-away ssh
host. \`npm pack\` builds the package.
`;
}
