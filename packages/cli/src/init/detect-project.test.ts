import { detectProject } from "./detect-project.ts";
import type { ProjectKind } from "./detected-project.ts";
import { sectionComments } from "./site-section.ts";

const found = (files: Readonly<Record<string, string>>, kind?: ProjectKind) =>
  detectProject((path) => files[path], kind);
const json = (value: object) => ({ "package.json": JSON.stringify(value) });
const build = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(found(files)?.options ?? [])["build-command"];

test.each([
  ["buildout", { "buildout.cfg": "", "package.json": "{}" }],
  ["django", { "manage.py": "DJANGO_SETTINGS_MODULE", "requirements.txt": "", "package.json": "{}" }],
  ["python", { "pyproject.toml": "", "index.html": "" }],
  ["python", { "manage.py": "print()", "setup.py": "" }],
  ["ruby", { Gemfile: "gem 'rails'", "package.json": "{}" }],
  ["static", { Gemfile: "gem 'jekyll'" }],
  ["node", { "package.json": "{", "index.html": "" }],
  ["node", json({ scripts: { build: "tsc", start: "node dist/server.js" } })],
  ["node", json({ scripts: { build: "next build" }, dependencies: { next: "16" } })],
  ["node", json({ main: "index.js", scripts: { build: "tsc" } })],
  ["static", json({ scripts: { build: "vite build", start: "vite" }, devDependencies: { vite: "8" } })],
  ["static", json({ scripts: { build: "make pages" } })],
  ["static", { ...json({ devDependencies: { hostout: "1", "@hostout/kit": "1" } }), "index.html": "" }],
  ["static", { "public/index.html": "" }],
  ["static", { "mkdocs.yml": "" }],
] as const)("a project is taken for %s by its files: %j", (kind, files) => {
  expect(found(files)?.kind).toBe(kind);
});

test("files that show nothing are no project, and a kind that is named needs no file", () => {
  expect(found({ "notes.txt": "" })).toBeUndefined();
  expect(found({ "index.html": "" }, "node")).toMatchObject({ kind: "node", options: [] });
  expect(found({}, "static")).toMatchObject({ kind: "static", served: "" });
});

test("the build of a Node application is that of its package manager, with its own build between", () => {
  const needs = { dependencies: { left: "1" } };
  expect(build({ ...json(needs), "package-lock.json": "" })).toBe("npm ci --omit=dev");
  expect(build({ ...json(needs), "pnpm-lock.yaml": "" })).toBe("pnpm install --frozen-lockfile --prod");
  expect(build(json(needs))).toBe("npm install --omit=dev");
  const both = { ...needs, scripts: { build: "tsc", start: "node ." } };
  expect(build({ ...json(both), "package-lock.json": "" })).toBe(
    "npm ci\nnpm run build\nnpm prune --omit=dev",
  );
  expect(build({ ...json({ scripts: { start: "node app/main.js" } }), "app/main.js": "" })).toBe(
    "node --check app/main.js",
  );
  expect(build({ ...json({}), "odd name; rm -rf.js": "" })).toBeUndefined();
});

test("each commented option holds when its # is removed, and none begins with a blank", () => {
  const site = { name: "shop", path: "/srv/shop", isStarted: false };
  const lines = sectionComments(found({ "manage.py": "django" })!, site);
  const options = lines.filter((line) => line.includes(" =") || /^# {4}/.test(line));
  expect(options.map((line) => line.slice(1))).toEqual([
    "stop-cmd = systemctl stop shop",
    "start-cmd =",
    "    env/bin/python manage.py migrate --noinput",
    "    systemctl start shop",
    "verify = http://127.0.0.1:8080/ 200",
  ]);
  expect(sectionComments(found({ "public/index.html": "" })!, site)[0]).toBe(
    "# Let a web server on the host serve the folder /srv/shop/current/public.",
  );
});

test("files that a web server is to serve have no configuration among them", () => {
  expect(found({ "index.php": "" }, "files")).toMatchObject({
    options: [["exclude", expect.stringMatching(/^hostout\.cfg$/m)]],
    served: "",
  });
  expect(found({ "composer.json": "", "public/index.php": "" }, "files")).toMatchObject({
    options: [],
    served: "public",
  });
});
