import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { lineOf, quote } from "./entry.ts";
import type { Hosts, OwnHost } from "./hosts.ts";
import type { Deployer, Runner } from "./peers/peer.ts";

/** The references: OpenSSH and rsync with the quickest algorithms that they have. */
export interface ByHand extends Runner, Deployer {
  /** rsync of a file or folder to the first hosts of `names`. */
  readonly rsync: (count: number, words: string, from: string, to: string) => string;
  /** rsync of the tree into a folder of each own host: the copy in place that is no release. */
  readonly inPlace: (count: number) => string;
}

export const kex = "curve25519-sha256";
export const cipher = "aes128-gcm@openssh.com";

/** `kept` is the number of releases after a clean-up, the live one with them. */
export function prepareByHand(hosts: Hosts, kept: number): ByHand {
  const ssh = `ssh -F ${hosts.sshConfig} -l ${hosts.user} -o KexAlgorithms=${kex} -c ${cipher}`;
  const path = `-o ControlPath=${hosts.folder}/%C`;
  const master = `-o ControlMaster=auto -o ControlPersist=5 ${path}`;
  const end = `${ssh} ${path} -O exit`;
  const each = (words: readonly string[], line: string) =>
    `printf '%s\\n' ${words.join(" ")} | xargs -P 50 -I{} sh -c ${quote(line)}`;
  const release = join(hosts.folder, "release.sh");
  writeFileSync(release, releaseScript(`${ssh} ${master}`, end, kept));
  return {
    who: "by hand",
    once: (count) => each(hosts.names(count), `${ssh} {} true`),
    twenty: (count) =>
      each(
        hosts.names(count),
        `${ssh} ${master} {} true; for i in $(seq 19); do ${ssh} ${path} {} true; done; ${end} {} 2>/dev/null || true`,
      ),
    rsync: (count, words, from, to) =>
      each(hosts.names(count), `rsync ${words} -e "${ssh}" ${from} {}:${to}`),
    inPlace: (count) => each(namesOf(hosts.own(count)), `rsync -a -e "${ssh}" tree "{}:~/in-place/"`),
    place: "hand",
    deploy: (count) => each(namesOf(hosts.own(count)), lineOf("bash", release, "{}")),
  };
}

const namesOf = (hosts: readonly OwnHost[]) => hosts.map(({ name }) => name);

/**
 * A release at its simplest: beside the live one, with the sums of its files, on the disk before the switch, and old
 * ones removed. Nothing locks, records or rolls back.
 */
const releaseScript = (ssh: string, end: string, kept: number) => `set -e
host=$1
name=$(date +%s%N)
${ssh} $host "mkdir -p ~/hand/releases/$name && cd ~/hand && { [ ! -e current ] || cp -a current/. releases/$name; }"
rsync -a --delete -e "${ssh}" tree $host:~/hand/releases/$name/
${ssh} $host "cd ~/hand && find releases/$name -type f -exec sha256sum {} + >sums && sync -f releases/$name &&
  ln -s releases/$name .new && mv -T .new current && ls -d releases/* | head -n -${kept} | xargs -r rm -rf"
${end} $host 2>/dev/null || true
`;
