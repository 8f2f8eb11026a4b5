import { formatPins, mergePins, type Pin } from "./pins.ts";

const pins = (...words: readonly string[]) =>
  words.map((word): Pin => {
    const [name = "", version = ""] = word.split("=");
    return { name, version };
  });

const text = (found: readonly Pin[]) => found.map(({ name, version }) => `${name}=${version}`);

test("a later layer wins, however a name is spelled, and is sorted by bytes", () => {
  const merged = mergePins([pins("zope.a=1", "Only_Picked=2"), pins("Zope-A=3", "b=1")]);
  expect(text(merged)).toEqual(["b=1", "Only-Picked=2", "Only_Picked=2", "Zope-A=3"]);
});

test("every spelling that buildout would find below is overridden", () => {
  const merged = mergePins([[], pins("A.B=1")], pins("a-b=0", "unknown=9"));
  expect(text(merged)).toEqual(["a-b=1", "A.B=1"]);
});

test("a name with an underscore is also pinned as buildout looks it up", () => {
  expect(text(mergePins([pins("a_b.c=1"), pins("D__e=2", "f-g=3")]))).toEqual([
    "a-b.c=1",
    "a_b.c=1",
    "D-e=2",
    "D__e=2",
    "f-g=3",
  ]);
});

test("of two versions that a build used the greater is pinned", () => {
  expect(text(mergePins([pins("a=1.9", "a=1.10")]))).toEqual(["a=1.10"]);
});

test("the file has the section that buildout reads", () => {
  expect(formatPins({ section: "pinned", pins: pins("a=1") })).toMatch(/^# .*\n\[pinned\]\na = 1\n$/);
});
