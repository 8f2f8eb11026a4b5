import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cipher, kex } from "../by-hand.ts";
import { lineOf } from "../entry.ts";
import type { Hosts, OwnHost } from "../hosts.ts";
import type { Repository } from "../repository.ts";
import type { Deployer } from "./peer.ts";

/**
 * shipit-deploy: a clone here, `cp -a` of the live release on the host, then rsync, one ssh of OpenSSH for each command.
 * It has the algorithms of the reference. Each deploy makes a release, also of what is live already.
 *
 * `tools` is a folder into which somebody installed shipit-cli and shipit-deploy.
 */
export function prepareShipit(
  hosts: Hosts,
  repository: Repository,
  kept: number,
  tools: string | undefined,
): Deployer | undefined {
  const modules = join(tools ?? "", "node_modules");
  if (
    tools === undefined ||
    !existsSync(join(modules, "shipit-cli")) ||
    !existsSync(join(modules, "shipit-deploy"))
  )
    return undefined;
  const manifestOf = (name: string) =>
    JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")) as {
      readonly version: string;
      readonly bin: Readonly<Record<string, string>>;
    };
  const program = join(modules, "shipit-cli", manifestOf("shipit-cli").bin.shipit!);
  const folder = join(hosts.folder, "shipit");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(
    join(folder, "shipitfile.js"),
    shipitfile(hosts, repository, kept, join(modules, "shipit-deploy")),
  );
  return {
    who: `shipit-deploy ${manifestOf("shipit-deploy").version}`,
    place: "shipit",
    prepare: repository.commit,
    deploy: (count) =>
      `cd shipit && TMPDIR=${folder} ${lineOf(process.execPath, program, `own-${count}`, "deploy")}`,
  };
}

function shipitfile(hosts: Hosts, repository: Repository, kept: number, plugin: string): string {
  // ssh_config(5) cannot be named: what it has for the hosts is here.
  const extraSshOptions = {
    KexAlgorithms: kex,
    Ciphers: cipher,
    UserKnownHostsFile: hosts.knownHosts,
    IdentitiesOnly: "yes",
  };
  const serverOf = ({ address, port }: OwnHost) => ({
    user: hosts.user,
    host: address,
    port,
    extraSshOptions,
  });
  const environment = (count: number) => ({ servers: hosts.own(count).map(serverOf) });
  const configuration = {
    default: {
      repositoryUrl: repository.url,
      branch: repository.branch,
      deployTo: "~/shipit",
      keepReleases: kept,
      key: hosts.key,
    },
    "own-1": environment(1),
    "own-10": environment(10),
  };
  return `module.exports = (shipit) => {
  require(${JSON.stringify(plugin)})(shipit);
  shipit.initConfig(${JSON.stringify(configuration, undefined, 2)});
};
`;
}
