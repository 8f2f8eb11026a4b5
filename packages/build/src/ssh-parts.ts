import type { Plugin } from "rolldown";

/**
 * Matches modules that hostout never uses. The agents of HTTP over ssh would load Node's TLS, and the other
 * modules also take time.
 */
const unused =
  /\/ssh2\/lib\/(http-agents|server|keygen|protocol\/SFTP)\.js$|\/make-dir\/index\.js$|\/sb-scandir\/.*\.m?js$/;

/** The native module of the installed ssh2 package, because a bundle has no such file beside it. */
const native = "ssh2/lib/protocol/crypto/build/Release/sshcrypto.node";

/** One change of a third-party module. */
interface Change {
  readonly file: RegExp;
  /** The text to replace, which the module must contain once. */
  readonly from: string;
  readonly to: string;
}

const zlibNames = `createInflate,
  constants: {
    DEFLATE,
    INFLATE,
    Z_DEFAULT_CHUNK,
    Z_DEFAULT_COMPRESSION,
    Z_DEFAULT_MEMLEVEL,
    Z_DEFAULT_STRATEGY,
    Z_DEFAULT_WINDOWBITS,
    Z_PARTIAL_FLUSH,
  }`;

const changes: readonly Change[] = [
  // Otherwise ssh2 would ask each host at each login to sign with all its keys, although no code listens.
  {
    file: /\/ssh2\/lib\/client\.js$/,
    from: "hostKeysProve(this, data,",
    to: 'if (this.listenerCount("hostkeys") > 0) hostKeysProve(this, data,',
  },
  // The rest loads parts of Node at their first use: few runs need one, and each takes 1 to 5 ms of all runs.
  {
    file: /\/ssh2\/lib\/client\.js$/,
    from: "const { lookup: dnsLookup } = require('dns');",
    to: "const dnsLookup = (...words) => require('dns').lookup(...words);",
  },
  {
    file: /\/ssh2\/lib\/protocol\/keyParser\.js$/,
    from: "const bcrypt_pbkdf = require('bcrypt-pbkdf').pbkdf;",
    to: "const bcrypt_pbkdf = (...words) => require('bcrypt-pbkdf').pbkdf(...words);",
  },
  {
    file: /\/ssh2\/lib\/protocol\/zlib\.js$/,
    from: `const {\n  ${zlibNames}\n} = require('zlib');\nconst ZlibHandle = createInflate()._handle.constructor;`,
    to: [
      "let ZlibHandle, DEFLATE, INFLATE, Z_DEFAULT_CHUNK, Z_DEFAULT_COMPRESSION, Z_DEFAULT_MEMLEVEL;",
      "let Z_DEFAULT_STRATEGY, Z_DEFAULT_WINDOWBITS, Z_PARTIAL_FLUSH;",
      "function loadZlib() {",
      "  const { createInflate, constants } = require('zlib');",
      "  ({ DEFLATE, INFLATE, Z_DEFAULT_CHUNK, Z_DEFAULT_COMPRESSION, Z_DEFAULT_MEMLEVEL } = constants);",
      "  ({ Z_DEFAULT_STRATEGY, Z_DEFAULT_WINDOWBITS, Z_PARTIAL_FLUSH } = constants);",
      "  ZlibHandle ??= createInflate()._handle.constructor;",
      "}",
    ].join("\n"),
  },
  {
    file: /\/ssh2\/lib\/protocol\/zlib\.js$/,
    from: "new Zlib(DEFLATE)",
    to: "(loadZlib(), new Zlib(DEFLATE))",
  },
  {
    file: /\/ssh2\/lib\/protocol\/zlib\.js$/,
    from: "new Zlib(INFLATE)",
    to: "(loadZlib(), new Zlib(INFLATE))",
  },
];

/**
 * The `assert` of third-party modules in a bundle. Only a check that fails, or its class of errors, loads Node's
 * `assert`.
 */
const lazyAssert = `const real = () => process.getBuiltinModule("node:assert");
const assert = (value, message) => { if (!value) real()(value, message); };
module.exports = Object.defineProperties(assert, {
  ok: { value: assert },
  equal: { value: (one, other, message) => { if (one != other) real().equal(one, other, message); } },
  AssertionError: { get: () => real().AssertionError },
  default: { value: assert },
});`;

/** Makes the plugin that reduces node-ssh and ssh2 in a bundle to the parts that hostout uses. */
export function sshParts(): Plugin {
  return {
    name: "ssh-parts",
    resolveId: {
      filter: { id: /\/sshcrypto\.node$|^assert$/ },
      handler: (id, importer = "") => {
        // npm builds this module when it installs ssh2, if at all, and ssh2 works without it.
        if (id !== "assert") return { id: native, external: true };
        return /\/node_modules\/(ssh2|node-ssh|asn1)\//.test(importer) ? "\0lazy-assert" : undefined;
      },
    },
    transform: {
      filter: { id: /\/ssh2\/lib\/.*\.js$/ },
      handler: (code, id) => changes.filter(({ file }) => file.test(id)).reduce(changed, code),
    },
    load: {
      filter: { id: [unused, /^\0lazy-assert$/] },
      handler: (id) => {
        if (id === "\0lazy-assert") return { code: lazyAssert, moduleType: "js" };
        return id.includes("/sb-scandir/") ? "export default undefined;" : "module.exports = {};";
      },
    },
  };
}

function changed(code: string, { from, to }: Change): string {
  if (code.split(from).length !== 2) throw new Error(`ssh2 has no longer one '${from}'`);
  return code.replace(from, () => to);
}
