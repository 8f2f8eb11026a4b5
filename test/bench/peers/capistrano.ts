import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lineOf } from "../entry.ts";
import type { Hosts } from "../hosts.ts";
import type { Repository } from "../repository.ts";
import { findProgram } from "./find-program.ts";
import type { Deployer, Runner } from "./peer.ts";

/**
 * Capistrano with its own deploy and git. The hosts fetch from a repository on the same disk, so no file goes through
 * ssh. Its net-ssh has no aes-gcm, and has curve25519 only with a gem that Debian leaves out: it gets the quickest
 * algorithms of those that remain. Each deploy makes a release, also of what is live already.
 */
export function prepareCapistrano(
  hosts: Hosts,
  repository: Repository,
  kept: number,
): (Runner & Deployer) | undefined {
  const program = findProgram("cap");
  if (program === undefined) return undefined;
  const folder = join(hosts.folder, "capistrano");
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  write("Capfile", 'require "capistrano/setup"\n');
  write("Deployfile", deployfile);
  write("config/deploy.rb", configuration(hosts, repository, kept));
  for (const count of [1, 10, 50])
    write(`config/deploy/names-${count}.rb`, servers(hosts.names(count), hosts.user));
  for (const count of [1, 10])
    write(
      `config/deploy/own-${count}.rb`,
      servers(
        hosts.own(count).map(({ name }) => name),
        hosts.user,
      ),
    );
  const line = (file: string, ...words: readonly string[]) =>
    `cd capistrano && ${lineOf(program, "-f", file, ...words)}`;
  return {
    who: `Capistrano ${versionOf(program)}`,
    once: (count) => line("Capfile", `names-${count}`, "once"),
    twenty: (count) => line("Capfile", `names-${count}`, "twenty"),
    place: "capistrano",
    prepare: repository.commit,
    deploy: (count) => line("Deployfile", `own-${count}`, "deploy"),
  };
}

const deployfile = `require "capistrano/setup"
require "capistrano/deploy"
require "capistrano/scm/git"
install_plugin Capistrano::SCM::Git
`;

const configuration = (hosts: Hosts, repository: Repository, kept: number) => `set :application, "site"
set :repo_url, "${repository.url}"
set :branch, "${repository.branch}"
set :scm, nil # what a Capfile installs, and no git by default
set :deploy_to, "~/capistrano"
set :tmp_dir, "${hosts.folder}"
set :keep_releases, ${kept}
set :ssh_options, config: "${hosts.sshConfig}", kex: %w[ecdh-sha2-nistp256], encryption: %w[aes128-ctr]
task :once do
  on(roles(:all)) { execute "true" }
end
task :twenty do
  on(roles(:all)) { 20.times { execute "true" } }
end
`;

const servers = (names: readonly string[], user: string) =>
  names.map((name) => `server "${name}", user: "${user}", roles: %w[app]\n`).join("");

const versionOf = (program: string) =>
  /\d+(\.\d+)+/.exec(execFileSync(program, ["--version"], { encoding: "utf8" }))?.[0] ?? "?";
