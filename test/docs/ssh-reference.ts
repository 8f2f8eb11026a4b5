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
    "Made from the list in the code. It is for those whose hosts need more than a name and a key: each keyword of ssh_config(5), and the transport",
    "that heeds it.",
    "",
    "hostout reads `~/.ssh/config` and `/etc/ssh/ssh_config`, or the file that `HOSTOUT_SSH_CONFIG` names. It reads plain files itself, and asks",
    "`ssh -G` for all others. A machine without ssh refuses such a file by the line.",
    "",
    "`transport = auto`, the default, takes hostout's own ssh (`node-ssh`). It takes the system's (`openssh`) for a host that needs it:",
    "",
    "- A keyword with *no* below is set for the host.",
    "- A key to log in with has a certificate, or is the key of a security token, in a file or in the agent.",
    "- A line with `@cert-authority` in a file of known hosts is the host's.",
    "- The server and hostout's own ssh have no algorithm in common.",
    "- A host that it is reached through (`ProxyJump`, `proxy-jump`) needs it. Then all of the way goes over ssh.",
    "",
    "With `transport = node-ssh`, or where there is no ssh, hostout warns of what it does not heed.",
    "",
    "- *yes*: as ssh does.",
    "- *hostout's own*: hostout has its own value in its place.",
    "- *no matter*: it changes nothing for hostout.",
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
