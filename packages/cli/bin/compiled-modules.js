// Loads the modules of the program with the code that V8 compiled in earlier runs.
//
// Node's own compile cache has only what V8 compiles when it loads a module. All functions that a run calls are
// compiled again in each run, which took a fifth of its time. This cache has these functions too.
const { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync } = require("node:fs");
const { renameSync, rmSync, statSync, writeSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { Script } = require("node:vm");

/** Bytes of the head of a cache file: JSON, filled up with blanks. A multiple of 8, for V8. */
const headBytes = 4096;

/** The most works in a head. */
const mostWorks = 64;

/** After so long a run, V8 may have dropped functions of its start. */
const longRunMs = 20_000;

/** Files that nobody wrote for so long belong to another version of hostout or of Node. */
const oldMs = 60 * 24 * 3_600_000;

const digestBytes = 64;

/**
 * Makes a loader.
 *
 * @param folder the modules; each is one expression, a function, after a line with the digest of its text
 * @param cache the folder of the compiled code, which nobody else may write; undefined: none
 */
exports.makeLoader = (folder, cache) => {
  const modules = new Map();

  const load = (name) => {
    const known = modules.get(name);
    if (known) return known.module.exports;
    const file = join(folder, name);
    const source = readFileSync(file, "latin1");
    const place = cache && placeOf(cache, name, source);
    const kept = place && readKept(place);
    const script = new Script(source, { filename: file, cachedData: kept?.code });
    const works = kept && !script.cachedDataRejected ? kept.works : [];
    const loaded = { module: { exports: {} }, script, place, works };
    modules.set(name, loaded);
    const { module } = loaded;
    script.runInThisContext()(module.exports, requireFrom, module, file, folder, importModule);
    return loaded.module.exports;
  };

  const requireFrom = (id) => {
    if (id.startsWith("./")) return load(id.slice("./".length));
    // The native part of ssh2, where an installation built it, belongs to another package of hostout.
    if (id.startsWith("ssh2/"))
      return require(require.resolve(id, { paths: [dirname(require.resolve("@hostout/ssh/package.json"))] }));
    return require(id);
  };
  requireFrom.resolve = require.resolve;

  // Each name is a package, a file as URL, or a file beside the folder.
  const importModule = (id) => import(id.startsWith("../") ? pathToFileURL(join(folder, id)).href : id);

  /**
   * Keeps the code of the loaded modules, with all functions that were called, unless an earlier run of the same
   * work did.
   */
  const keep = (work) => {
    for (const { script, place, works } of modules.values()) {
      if (!place || works.includes(work) || works.length >= mostWorks) continue;
      if (works.length > 0 && performance.now() > longRunMs) continue;
      try {
        writeKept(place, [...works, work], script.createCachedData());
      } catch {
        // Without the cache, hostout only starts more slowly.
        return;
      }
    }
  };

  return { load, keep };
};

function placeOf(cache, name, source) {
  const digest = source.slice("// ".length, "// ".length + digestBytes);
  return join(cache, `${name}-${digest}-${process.version}-${process.arch}`);
}

/** Returns the kept code and the works that it is of; undefined if there is none, or not all of it. */
function readKept(place) {
  try {
    const bytes = readFileSync(place);
    const { works, length } = JSON.parse(bytes.toString("latin1", 0, headBytes));
    const code = bytes.subarray(headBytes);
    return code.length === length ? { works, code } : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a cache file. V8 trusts its content, so a file is complete on the disk before it has its name. */
function writeKept(place, works, code) {
  const head = JSON.stringify({ works, length: code.length });
  if (head.length > headBytes) return;
  const cache = dirname(place);
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const temporary = `${place}.${process.pid}`;
  const descriptor = openSync(temporary, "wx", 0o600);
  try {
    for (const bytes of [Buffer.from(head.padEnd(headBytes), "latin1"), code]) {
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    }
    fsyncSync(descriptor);
    renameSync(temporary, place);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  for (const name of readdirSync(cache)) {
    const other = join(cache, name);
    if (Date.now() - statSync(other).mtimeMs > oldMs) rmSync(other, { force: true });
  }
}
