import { installedPaths } from "./installed-texts.ts";
import { eggsIn, eggsNamed, recipesIn } from "./picked-versions.ts";

test("the eggs of a script are those in its path", () => {
  const script =
    "#!/bin/python\nimport sys\nsys.path[0:0] = [\n  '/e/a-1-py2.7.egg',\n  \"/e/b-2-py3.egg\",\n  '/src/c',\n  ]\n";
  expect(eggsIn(script)).toEqual(["/e/a-1-py2.7.egg", "/e/b-2-py3.egg"]);
  expect(eggsIn(script.replace("#!", ""))).toEqual([]);
});

test("recipes are in the signatures of parts, on one line or several", () => {
  const installed =
    "[a]\n__buildout_signature__ = r-1-py3.egg d-0a1b2c\n\ts-2.0-py3.11.egg\nlocation = x-9-py3.egg\n[b]\n__buildout_signature__ = \n";
  expect(recipesIn(installed)).toEqual(["r-1-py3.egg", "s-2.0-py3.11.egg"]);
});

test("what recipes made is a path a line", () => {
  const text =
    "[a]\n__buildout_installed__ = \n__buildout_signature__ = x\n[b]\n__buildout_installed__ = /p/bin/b c\n\t/p/parts/b\nlocation = /p\n[c]\n__buildout_installed__ =\n\td\n";
  expect(installedPaths(text)).toEqual(["/p/bin/b c", "/p/parts/b", "d"]);
});

test("a text names eggs in quotes, as words, and in lists", () => {
  expect(eggsNamed(`'/my eggs/a.egg', "b.egg"`)).toEqual(expect.arrayContaining(["/my eggs/a.egg", "b.egg"]));
  expect(eggsNamed(`P="/e/c.egg:/e/d.egg"`)).toEqual(expect.arrayContaining(["/e/c.egg", "/e/d.egg"]));
  expect(eggsNamed("(/e/e.egg) /e/no.egg-link file:///e/f.egg")).toEqual(["/e/e.egg", "///e/f.egg"]);
  expect(eggsNamed(`"${"x.egg".repeat(50_000)}`)).toHaveLength(1);
});
