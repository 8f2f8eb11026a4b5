import type { Plugin } from "rolldown";

/** Modules that nothing here comes to: agents of HTTP over ssh load Node's TLS, and the rest takes its time too. */
const unused = /\/ssh2\/lib\/(http-agents|server|keygen)\.js$|\/make-dir\/index\.js$|\/sb-scandir\/.*\.m?js$/;

/** Of the package that is installed: a bundle has no such file beside it. */
const native = "ssh2/lib/protocol/crypto/build/Release/sshcrypto.node";

const proving = "hostKeysProve(this, data,";

/** What of node-ssh and ssh2 a bundle has. */
export function sshParts(): Plugin {
  return {
    name: "ssh-parts",
    // Built where ssh2 is installed, if at all: ssh2 goes without.
    resolveId: {
      filter: { id: /\/sshcrypto\.node$/ },
      handler: () => ({ id: native, external: true }),
    },
    // Each host would be asked to sign with all of its keys, at each login, for nobody who listens.
    transform: {
      filter: { id: /\/ssh2\/lib\/client\.js$/ },
      handler: (code) => {
        if (code.split(proving).length !== 2) throw new Error(`ssh2 has no longer one '${proving}'`);
        return code.replace(proving, `if (this.listenerCount("hostkeys") > 0) ${proving}`);
      },
    },
    load: {
      filter: { id: unused },
      handler: (id) => (id.includes("/sb-scandir/") ? "export default undefined;" : "module.exports = {};"),
    },
  };
}
