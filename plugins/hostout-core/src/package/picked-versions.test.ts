import { eggsIn, recipesIn } from "./picked-versions.ts";

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
