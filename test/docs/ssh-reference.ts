import { type Heeding, sshKeywords } from "../../packages/ssh/src/config/ssh-keywords.ts";

const words: Readonly<Record<Heeding, string>> = {
  heeded: "yes",
  hostout: "hostout's own",
  none: "no matter",
  openssh: "no",
};

/** docs/reference/ssh.md, made from the list in the code. `node test/docs/ssh-reference.ts` prints it. */
export function sshReference(): string {
  const lines = [
    "# ssh's configuration",
    "",
    "This page is for users whose hosts need more than a name and a key. At its end you know which transport heeds which keyword of ssh_config(5).",
    "The page is made from the list in the code.",
    "",
    "hostout reads `~/.ssh/config` and `/etc/ssh/ssh_config`, or the file that `HOSTOUT_SSH_CONFIG` names. hostout reads plain files itself, and asks",
    "`ssh -G` for all others. On a machine without ssh, hostout refuses such a file and names the line.",
    "",
    "`transport = auto`, the default, uses hostout's own ssh (`node-ssh`). For some hosts hostout uses the system's ssh (`openssh`). One of these reasons is",
    "enough:",
    "",
    "- The configuration sets a keyword with *no* below for the host.",
    "- A key to log in with has a certificate, or is the key of a security token, in a file or in the agent.",
    "- A line with `@cert-authority` in a file of known hosts is for the host.",
    "- The server and hostout's own ssh have no algorithm in common.",
    "- A host on the way (`ProxyJump`, `proxy-jump`) needs the system's ssh. Then the whole way uses the system's ssh.",
    "",
    "With `transport = node-ssh`, or on a machine without ssh, hostout warns of each setting that it does not heed.",
    "",
    "- *yes*: the transport does the same as ssh.",
    "- *hostout's own*: hostout uses a value of its own.",
    "- *no matter*: the keyword changes nothing for hostout.",
    "- *no*: the transport does not heed the keyword.",
    "",
    "| keyword | `node-ssh` | `openssh` | |",
    "|---|---|---|---|",
    ...sshKeywords.map(
      ({ name, nodeSsh, openssh, note = "" }) =>
        `| \`${name}\` | ${words[nodeSsh]} | ${words[openssh]} | ${note} |`,
    ),
    "",
  ];
  return lines.join("\n");
}

if (import.meta.main) process.stdout.write(sshReference());
