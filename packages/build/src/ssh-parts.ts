import type { Plugin } from "rolldown";

/**
 * Matches modules that hostout never uses. The agents of HTTP over ssh would load Node's TLS, and the other
 * modules also take time.
 */
const unused = /\/ssh2\/lib\/(http-agents|server|keygen)\.js$|\/make-dir\/index\.js$|\/sb-scandir\/.*\.m?js$/;

/** The native module of the installed ssh2 package, because a bundle has no such file beside it. */
const native = "ssh2/lib/protocol/crypto/build/Release/sshcrypto.node";

const proving = "hostKeysProve(this, data,";

/** Makes the plugin that reduces node-ssh and ssh2 in a bundle to the parts that hostout uses. */
export function sshParts(): Plugin {
  return {
    name: "ssh-parts",
    // npm builds this module when it installs ssh2, if at all, and ssh2 works without it.
    resolveId: {
      filter: { id: /\/sshcrypto\.node$/ },
      handler: () => ({ id: native, external: true }),
    },
    // Otherwise ssh2 would ask each host at each login to sign with all its keys, although no code listens.
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
