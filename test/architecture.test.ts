import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { packages } from "../packages/build/src/packages.ts";
import { bundledPlugins } from "../packages/cli/src/plugins/bundled-plugins.ts";

const root = dirname(import.meta.dirname);

/** What each package may import of the project and of others: the arrows of the design go one way. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "packages/config": [],
  "packages/kit": ["@hostout/config"],
  "packages/engine": ["@hostout/config", "@hostout/kit"],
  "packages/ssh": ["@hostout/kit", "node-ssh", "ssh2", "p-limit"],
  "packages/testing": ["@hostout/engine", "@hostout/kit", "@hostout/ssh", "ssh2"],
  "packages/scm": ["@hostout/kit"],
  "packages/packaging": ["@hostout/kit", "@hostout/releases", "@hostout/scm", "archiver", "semver"],
  "packages/cli": [
    "@hostout/config",
    "@hostout/engine",
    "@hostout/kit",
    "@hostout/ssh",
    "@hostout/testing",
    "@oclif/core",
    ...bundledPlugins.keys(),
    "create-hostout-plugin",
    "listr2",
    "semver",
  ],
  // In the text of what it writes.
  "packages/releases": ["@hostout/kit", "ini"],
  "packages/create-hostout-plugin": ["@hostout/kit", "@hostout/testing"],
  ...Object.fromEntries(
    [...bundledPlugins.keys()].map((name) => [
      `plugins/${name}`,
      ["@hostout/kit", "@hostout/packaging", "@hostout/releases", "@hostout/scm"],
    ]),
  ),
};

test.each(Object.entries(allowed))("%s imports only what lies below it", (folder, names) => {
  const found = new Set<string>();
  for (const { text } of sourcesOf(folder)) {
    for (const [, name = ""] of text.matchAll(/(?:from|import\() ?"([^."\s][^"\s]*)"/g))
      if (!name.startsWith("node:")) found.add(name);
  }
  const packageOf = (name: string) => /^(@[^/]+\/)?[^/]+/.exec(name)![0];
  expect([...found].filter((name) => !names.includes(packageOf(name)))).toEqual([]);
});

/** Sources of a package, with what they say. */
function sourcesOf(folder: string): readonly { readonly file: string; readonly text: string }[] {
  return readdirSync(join(root, folder, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => ({ file, text: readFileSync(join(root, folder, "src", file), "utf8") }));
}

test("every package is bundled", () => {
  expect(packages.map(({ folder }) => folder).toSorted()).toEqual(Object.keys(allowed).toSorted());
});

// A bundle has modules of many folders in one file.
test.each(Object.keys(allowed))("%s finds its files from package-folder.ts alone", (folder) => {
  const found = sourcesOf(folder).filter(({ text }) =>
    /import\.meta\.dirname|new URL\([^)]*import\.meta/.test(text),
  );
  expect(found.map(({ file }) => file).filter((file) => file !== "package-folder.ts")).toEqual([]);
});

/** A folder with more files than this is two rooms. */
const largestRoom = 15;

test.each(Object.keys(allowed))("%s has rooms of at most 15 files", (folder) => {
  const rooms = Map.groupBy(sourcesOf(folder), ({ file }) => dirname(file));
  const full = [...rooms].filter(([, files]) => files.length > largestRoom);
  expect(full.map(([room, files]) => `${room}: ${files.length} files`)).toEqual([]);
});

/** The rooms of each package in the table of CONTRIBUTING.md, the lowest first. */
const rooms = new Map(
  [...readFileSync(join(root, "CONTRIBUTING.md"), "utf8").matchAll(/^\| `([^`]+)` \|[^|]*\|([^|]*)\|/gm)].map(
    ([, folder = "", cell = ""]) => [folder, [...cell.matchAll(/`([^`]+)`/g)].map(([, room = ""]) => room)],
  ),
);

test.each(Object.keys(allowed))("%s has the rooms that CONTRIBUTING.md lists", (folder) => {
  const found = new Set(sourcesOf(folder).map(({ file }) => dirname(file)));
  found.delete(".");
  expect([...found].toSorted()).toEqual(rooms.get(folder)!.toSorted());
});

test.each(Object.keys(allowed))(
  "a room of %s imports only rooms to its left in CONTRIBUTING.md",
  (folder) => {
    const order = rooms.get(folder)!;
    const wrong = sourcesOf(folder).flatMap(({ file, text }) => {
      const room = dirname(file);
      // Files of the package itself, and not of a room, are its entry and what all rooms share.
      if (room === ".") return [];
      return [...text.matchAll(/(?:^(?:import|export) (?!type )[^;]*?from |import\()"(\.[^"]+)"/gm)]
        .map(([, path = ""]) => normalize(join(room, path)))
        .filter((path) => {
          const other = dirname(path);
          return other !== room && other !== "." && order.indexOf(other) >= order.indexOf(room);
        })
        .map((path) => `${file} → ${path}`);
    });
    expect(wrong).toEqual([]);
  },
);
