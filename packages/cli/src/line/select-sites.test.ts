import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject, type Project } from "../project/project.ts";
import { selectSites, unknownSite } from "./select-sites.ts";

const folder = mkdtempSync(join(tmpdir(), "hostout-select-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "buildout.cfg");
const open = (text: string, ...assignments: string[]): Promise<Project> => {
  writeFileSync(file, text);
  return openProject(file, { assignments });
};
const select = (project: Project, line: string) =>
  selectSites(project, line.split(" ")).map(({ name }) => name);

const text = `
[buildout]
parts = web1 web2 instance
[instance]
recipe = plone.recipe.zope2instance
eggs = \${no-such-part:eggs}
[defaults]
extends = hostout.pushdeploy
user = root
[web1]
<= defaults
host = web1.example.com
[web2]
<= defaults
host = web2.example.com
[db]
extends = defaults
user = postgres
host = db.example.com
[front]
sites = web*
[everything]
sites = front db
`;

test("a section is a site when it has a host; defaults, groups and parts of a buildout are none", async () => {
  const project = await open(text);
  expect([...project.sites.keys()]).toEqual(["web1", "web2", "db"]);
  expect([...project.groups.keys()]).toEqual(["front", "everything"]);
  expect(project.broken.size).toBe(0);
});

test("all is what parts names, or every site where it names none", async () => {
  expect(select(await open(text), "all")).toEqual(["web1", "web2"]);
  expect(select(await open(text.replace("parts = web1 web2", "parts =")), "all")).toEqual([
    "web1",
    "web2",
    "db",
  ]);
});

test("names, groups, globs and exclusions select, in the order of the line, each once", async () => {
  const project = await open(text);
  expect(select(project, "db web1 db")).toEqual(["db", "web1"]);
  expect(select(project, "everything")).toEqual(["web1", "web2", "db"]);
  expect(select(project, "web[2-9] d?")).toEqual(["web2", "db"]);
  expect(select(project, "all !web1")).toEqual(["web2"]);
});

test("nothing selected is an error, never everything", async () => {
  const project = await open(text);
  expect(() => select(project, "web1 !web*")).toThrow("no site is left of: web1 !web*");
  expect(() => select(project, "mail*")).toThrow("there is no site 'mail*'");
  try {
    select(project, "wbe1");
  } catch (error) {
    expect(error).toMatchObject({ code: "unknown-site", exitCode: 2, hint: "Did you mean 'web1'?" });
  }
  expect.assertions(3);
});

test("a site takes the options of a section that extends names, and its own win", async () => {
  const site = (await open(text)).sites.get("db");
  expect(site?.values.get("user")?.text).toBe("postgres");
  expect(site?.values.get("extends")?.text).toContain("hostout.pushdeploy");
});

test("a site that does not resolve is told of when it is selected, and all does not leave it out", async () => {
  const project = await open(text.replace("[web2]", `[web2]\npath = \${nowhere:path}`));
  expect(select(project, "web1")).toEqual(["web1"]);
  expect([...project.broken.keys()]).toEqual(["web2"]);
  for (const words of ["web2", "all", "web*"])
    expect(() => select(project, words)).toThrow("refers to the section 'nowhere'");
  expect(select(project, "all !web2")).toEqual(["web1"]);
});

test("a site cannot have the name of a command of hostout", async () => {
  await expect(open("[buildout]\n[plugins]\nhost = a\n")).rejects.toMatchObject({
    message: expect.stringContaining("a site cannot be called 'plugins'"),
    origin: { file, line: 2 },
    exitCode: 2,
  });
  await expect(open("[buildout]\n[all]\nhost = a\n")).rejects.toThrow("cannot be called 'all'");
});

test("a group cannot have the name of a command of hostout either", async () => {
  await expect(open("[a]\nhost = a\n[demo]\nsites = a\n")).rejects.toThrow("a group cannot be called 'demo'");
});

test("a group that does not resolve says why when it is selected", async () => {
  const project = await open("[a]\nhost = a\n[front]\nsites = ${gone:x}\n");
  expect(() => select(project, "front")).toThrow("refers to the section 'gone'");
});

test("a section that only the command line sets makes no site of a typing error", async () => {
  await expect(open("[live]\nhost = a\n", "lvie:host=b")).rejects.toMatchObject({
    message: `the command line sets options of [lvie], and ${file} has no such section`,
    hint: "Did you mean 'live'?",
    exitCode: 2,
  });
});

test("an option that is set on the command line wins", async () => {
  const project = await open(text, "web1:path=/srv/x");
  expect(project.sites.get("web1")?.values.get("path")?.text).toBe("/srv/x");
});

test("an option that is set without a section says how it is written with one", async () => {
  const several = await open(text);
  const one = await open("[web]\nhost = web.example.com\n");
  const said = (project: Project, word: string) => {
    const { code, message } = unknownSite(project, word);
    return [code, message];
  };
  expect(said(several, "parts=b")).toEqual(["usage", "the section is missing: SITE:parts=b"]);
  expect(said(one, "parts+=b c")).toEqual(["usage", "the section is missing: web:parts+=b c"]);
  expect(said(one, "wed")).toEqual(["unknown-site", expect.stringContaining("there is no site 'wed'")]);
});
