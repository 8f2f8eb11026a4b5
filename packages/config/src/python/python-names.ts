import { type Stats, statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import {
  integer,
  isSequence,
  isTrue,
  orderOf,
  type PythonFunction,
  type PythonNamespace,
  type PythonSequence,
  type PythonValue,
  text,
} from "./python-evaluate.ts";
import { ExpressionError } from "./python-expression.ts";
import { type PythonFacts, systemName, versionNumbers } from "./python-facts.ts";

/** Returns all names that an expression may use: those of zc.buildout, some modules and builtins. */
export function pythonNames(facts: PythonFacts): Readonly<Record<string, PythonValue>> {
  return {
    ...buildoutNames(facts),
    ...builtins,
    sys: namespace("sys", sysMembers(facts)),
    os: namespace("os", osMembers(facts)),
    platform: namespace("platform", platformMembers(facts)),
  };
}

/** Returns the names that zc.buildout provides (its `_default_globals`). */
function buildoutNames(facts: PythonFacts): Record<string, boolean> {
  const [major, minor] = versionNumbers(facts);
  const names: Record<string, boolean> = {
    python2: major === 2,
    python3: major === 3,
    cpython: true,
    pypy: false,
    jython: false,
    ironpython: false,
    linux: facts.platform === "linux",
    windows: facts.platform === "win32",
    cygwin: facts.platform === "cygwin",
    solaris: facts.platform === "sunos",
    macosx: facts.platform === "darwin",
    posix: facts.platform !== "win32",
    bits32: !facts.is64Bit,
    bits64: facts.is64Bit,
    little_endian: facts.isLittleEndian,
    big_endian: !facts.isLittleEndian,
  };
  for (const known of pythons) names[`python${known}`] = known === `${major}${minor}`;
  return names;
}

const pythons = ["24", "25", "26", "27", ..."0123456789".split("").map((minor) => `3${minor}`)].concat(
  ["10", "11", "12", "13", "14", "15"].map((minor) => `3${minor}`),
);

function namespace(name: string, members: Readonly<Record<string, PythonValue>>): PythonNamespace {
  return { kind: "namespace", name, members };
}

function sysMembers(facts: PythonFacts): Readonly<Record<string, PythonValue>> {
  const numbers = versionNumbers(facts).map(BigInt);
  return {
    platform: facts.platform,
    version: `${numbers.join(".")} (main)`,
    version_info: {
      kind: "tuple",
      items: [...numbers, "final", 0n],
      names: ["major", "minor", "micro", "releaselevel", "serial"],
    },
    hexversion: numbers.reduce((sum, number) => sum * 256n + number, 0n) * 256n + 0xf0n,
    maxsize: facts.is64Bit ? 2n ** 63n - 1n : 2n ** 31n - 1n,
    byteorder: facts.isLittleEndian ? "little" : "big",
    implementation: namespace("sys.implementation", { name: "cpython" }),
  };
}

function osMembers({ platform, environment, node, release, systemVersion, machine }: PythonFacts) {
  const known = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const get: PythonFunction = (name, otherwise = null) => environment[text(name)] ?? otherwise;
  const uname = [platform, node, release, systemVersion, machine];
  return {
    name: platform === "win32" ? "nt" : "posix",
    sep: platform === "win32" ? "\\" : "/",
    environ: new Map(known),
    getenv: get,
    uname: () => tuple(uname, ["sysname", "nodename", "release", "version", "machine"]),
    path: namespace("os.path", {
      exists: (path) => statOf(path) !== undefined,
      isfile: (path) => statOf(path)?.isFile() ?? false,
      isdir: (path) => statOf(path)?.isDirectory() ?? false,
      expanduser: (path) => text(path).replace(/^~(?=\/|$)/, () => environment.HOME ?? homedir()),
      join: (...paths) =>
        paths.map(text).reduce((before, path) => (isAbsolute(path) ? path : join(before, path))),
    }),
  } satisfies Readonly<Record<string, PythonValue>>;
}

function platformMembers(facts: PythonFacts): Readonly<Record<string, PythonValue>> {
  const numbers = versionNumbers(facts).map(String);
  return {
    machine: () => facts.machine,
    processor: () => "",
    system: () => systemName(facts),
    release: () => facts.release,
    version: () => facts.systemVersion,
    node: () => facts.node,
    architecture: () => tuple([facts.is64Bit ? "64bit" : "32bit", "ELF"]),
    python_version: () => numbers.join("."),
    python_version_tuple: () => tuple(numbers),
    python_implementation: () => "CPython",
    freedesktop_os_release: () => facts.osRelease(),
  };
}

/** Returns the status of a file. Undefined for any path that cannot be read, as in Python. */
function statOf(path: PythonValue | undefined): Stats | undefined {
  try {
    return statSync(text(path));
  } catch (error) {
    if (error instanceof ExpressionError) throw error;
    return undefined;
  }
}

function tuple(items: readonly PythonValue[], names: readonly string[] = []): PythonSequence {
  return { kind: "tuple", items, names };
}

function itemsOf(value: PythonValue | undefined): readonly PythonValue[] {
  if (typeof value === "string") return [...value];
  if (value !== undefined && isSequence(value)) return value.items;
  throw new ExpressionError("a list is expected");
}

const best = (args: readonly PythonValue[], sign: number): PythonValue => {
  const items = args.length === 1 ? itemsOf(args[0]) : args;
  if (items.length === 0) throw new ExpressionError("nothing is largest or smallest of nothing");
  return items.reduce((one, other) => (orderOf(other, one) * sign > 0 ? other : one));
};

const builtins: Readonly<Record<string, PythonValue>> = {
  True: true,
  False: false,
  None: null,
  int: (value = 0n) => {
    const digits = typeof value === "string" ? /^\s*([-+]?\d+)\s*$/.exec(value)?.[1] : undefined;
    if (typeof value === "string" && (digits === undefined || digits.length > 1000))
      throw new ExpressionError(`'${value}' is not a number`, value);
    return digits === undefined ? integer(value) : BigInt(digits);
  },
  str: (value = "") => {
    if (typeof value === "bigint" || typeof value === "string") return String(value);
    if (typeof value === "boolean") return value ? "True" : "False";
    throw new ExpressionError("str() of that is not known", "str");
  },
  chr: (value) => {
    const code = Number(integer(value));
    if (!(code >= 0 && code <= 0x10ffff)) throw new ExpressionError(`there is no character ${code}`, "chr");
    return String.fromCodePoint(code);
  },
  ord: (value) => {
    const [letter, ...others] = [...text(value)];
    if (letter === undefined || others.length > 0)
      throw new ExpressionError("ord() takes one character", "ord");
    return BigInt(letter.codePointAt(0)!);
  },
  bool: (value = false) => isTrue(value),
  len: (value) => BigInt(value instanceof Map ? value.size : itemsOf(value).length),
  any: (value) => itemsOf(value).some(isTrue),
  all: (value) => itemsOf(value).every(isTrue),
  list: (value = "") => ({ kind: "list", items: itemsOf(value) }),
  tuple: (value = "") => tuple(itemsOf(value)),
  sorted: (value) => ({ kind: "list", items: [...itemsOf(value)].sort(orderOf) }),
  min: (...args) => best(args, -1),
  max: (...args) => best(args, 1),
};
