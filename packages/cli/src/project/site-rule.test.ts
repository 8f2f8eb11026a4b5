import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectSites } from "../line/select-sites.ts";
import { openProject, type Project } from "./project.ts";

const folder = mkdtempSync(join(tmpdir(), "hostout-rule-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "buildout.cfg");
const open = (text: string): Promise<Project> => {
  writeFileSync(file, text);
  return openProject(file, { userDefaults: false });
};
const sitesOf = async (text: string) => [...(await open(text)).sites.keys()];
const all = (project: Project) => selectSites(project, ["all"]).map(({ name }) => name);
const refusal = (project: Project, word: string) => {
  try {
    return selectSites(project, [word]);
  } catch (error) {
    const { message, hint } = error as { message: string; hint: string };
    return [message, hint];
  }
};

/** A buildout with one site; several of its parts and settings also have a host. */
const buildout = `[buildout]
parts = varnish solr instance live
[hosts]
db = 127.0.0.1
[db]
host = \${hosts:db}
user = zope
password = secret
[mail]
host = localhost
port = 25
[varnish]
recipe = plone.recipe.varnish
host = 127.0.0.1
[solr]
recipe = collective.recipe.solrinstance
host = \${hosts:solr}
[instance]
recipe = plone.recipe.zope2instance
host = localhost
tasks = ./x.ts
[plone-sites]
recipe = collective.recipe.plonesite
sites = one two
[live]
recipe = collective.hostout
host = web1
path = /srv/live
`;

test("beside [buildout], only a section of hostout is a site, and all acts on no other", async () => {
  const project = await open(buildout);
  expect([...project.sites.keys()]).toEqual(["live"]);
  expect([...project.groups.keys()]).toEqual([]);
  expect([...project.broken.keys()]).toEqual([]);
  expect(all(project)).toEqual(["live"]);
});

test("a section that is no site is refused with the reason and with what to add", async () => {
  const project = await open(`${buildout}[cloud]\nrecipe = collective.hostout\nextends = hostout.cloud\n`);
  expect(refusal(project, "varnish")).toEqual([
    "[varnish] is not a site: its recipe is plone.recipe.varnish",
    "Write the site as a section of its own, with: recipe = collective.hostout",
  ]);
  expect(refusal(project, "db")).toEqual([
    "[db] is not a site: beside [buildout], a site names hostout's recipe or a plugin of hostout",
    "Add to the section: extends = hostout-core",
  ]);
  expect(refusal(project, "hosts")).toEqual([
    "[hosts] is not a site: the section names no host",
    "Add to the section: host = web1.example.com",
  ]);
  expect(refusal(project, "cloud")).toEqual([
    "[cloud] is not a site: the section names no host, and hostout creates none",
    "Create the host, then add to the section: host = web1.example.com",
  ]);
  expect(project.hostless).toEqual(["cloud"]);
});

test.each([
  "recipe = collective.hostout",
  "recipe = collective.hostout == 1.0a5",
  "recipe = collective.hostout[docker]",
  "recipe = collective.hostout:default",
  "recipe = collective.recipe.hostout",
  "extends = hostout.pushdeploy",
  "plugins = other hostout-notify",
  "plugins = @team/hostout-x",
  "tasks = ./tasks.ts",
  "fabfiles = fabfile.py",
])("beside [buildout], a section with a host and '%s' is a site", async (line) => {
  expect(await sitesOf(`[buildout]\nparts =\n[live]\nhost = web1\n${line}\n`)).toEqual(["live"]);
});

test.each(["recipe = collective.hostouts", "plugins = munin", "extends = defaults\n[defaults]\nuser = x"])(
  "beside [buildout], '%s' makes no site",
  async (line) => {
    expect(await sitesOf(`[buildout]\nparts =\n[live]\nhost = web1\n${line}\n`)).toEqual([]);
  },
);

test("in a file without [buildout], or with one that only extends such files, a host makes a site", async () => {
  writeFileSync(join(folder, "base.cfg"), "[web1]\nhost = a\n");
  expect(await sitesOf("[buildout]\nextends = base.cfg\n[web2]\nhost = b\n")).toEqual(["web1", "web2"]);
  writeFileSync(join(folder, "base.cfg"), "[buildout]\nparts =\n[web1]\nhost = a\n");
  expect(await sitesOf("[buildout]\nextends = base.cfg\n[web2]\nhost = b\n")).toEqual([]);
});

test("a base that sites only take options from is no site", async () => {
  const heirs = "[one]\n<= defaults\npath = /srv/one\n[two]\nextends = defaults\npath = /srv/two\n";
  const project = await open(`[defaults]\nhost = web1\nuser = root\n${heirs}`);
  expect([...project.sites.keys()]).toEqual(["one", "two"]);
  expect(refusal(project, "defaults")).toEqual([
    "[defaults] is not a site: [one], [two] take its options",
    "If it is a site too, name it in a group: sites = defaults",
  ]);
  const parts = "[buildout]\nparts = one two\n[defaults]\nrecipe = collective.hostout\nhost = web1\n";
  expect(await sitesOf(`${parts}${heirs}`)).toEqual(["one", "two"]);
});

test("a site that another site takes options from stays one", async () => {
  const live = "[live]\nextends = hostout.pushdeploy\nhost = web1\npath = /srv/live\n";
  expect(await sitesOf(`${live}[staging]\n<= live\nhost = web2\n`)).toEqual(["live", "staging"]);
  expect(await sitesOf(`${live}[admin]\n<= live\npath = /srv/admin\n`)).toEqual(["live", "admin"]);
  expect(await sitesOf(`${live}[same]\n<= live\nuser = root\n`)).toEqual(["same"]);
  expect(await sitesOf(`${live}[same]\n<= live\nuser = root\n[both]\nsites = live same\n`)).toEqual([
    "live",
    "same",
  ]);
  expect(await sitesOf(`[buildout]\nparts = live same\n${live}[same]\n<= live\nuser = root\n`)).toEqual([
    "live",
    "same",
  ]);
});

test("a site that does not resolve is still one where its own lines say so", async () => {
  const project = await open(
    "[buildout]\nparts = live solr\n[live]\n<= gone\nrecipe = collective.hostout\nhost = web1\n[solr]\n<= gone\nrecipe = x\nhost = a\n",
  );
  expect([...project.broken.keys()]).toEqual(["live"]);
  expect(() => all(project)).toThrow("which is not a section");
});
