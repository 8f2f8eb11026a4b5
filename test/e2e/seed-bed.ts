import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Bed, startBed } from "../bed/bed.ts";
import type { BedHost, Finished } from "../bed/bed-host.ts";

const root = dirname(dirname(import.meta.dirname));

/** The site's path, on staging and production, as in the seed. */
export const sitePath = "/var/buildout/first_site";
/** The folder of the project, on the staging machine. */
export const projectPath = "/srv/project";
/** On each machine: an interpreter with zc.buildout. */
export const buildoutPython = "/usr/local/virtualenvs/Plone4.2/bin/python";

/** A staging machine, on which hostout runs, and the two production hosts of the seed's configuration. */
export interface SeedBed {
  readonly staging: BedHost;
  readonly web1: BedHost;
  readonly web2: BedHost;
  /** Runs bin/hostout on the staging machine. */
  readonly hostout: (
    words: string,
    settings?: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> },
  ) => Promise<Finished>;
  /** As `hostout`, with --json: the events. */
  readonly events: (words: string) => Promise<readonly JsonEvent[]>;
  /** As `hostout`, but Ctrl-C comes after a while. */
  readonly interrupted: (words: string, afterMs: number) => Promise<Finished>;
  /** As `hostout`, in a terminal of 33 lines and 99 columns into which the output of a shell line is typed. */
  readonly inTerminal: (typed: string, words: string) => Promise<Finished>;
  readonly stop: () => Promise<void>;
}

export interface JsonEvent {
  readonly type: string;
  readonly site?: string;
  readonly host?: string;
  readonly path?: readonly string[];
  readonly status?: string;
  readonly line?: string;
  readonly exitCode?: number;
}

export async function startSeedBed(): Promise<SeedBed> {
  const node = dirname(dirname(process.execPath));
  const binds = node.startsWith("/usr") || node.startsWith(root) ? [root] : [root, node];
  const bed: Bed = await startBed({
    hosts: { staging: [], web1: ["example.com"], web2: ["another-example.com"] },
    binds,
    disk: "300m",
  });
  const [staging, web1, web2] = [bed.host("staging"), bed.host("web1"), bed.host("web2")];
  for (const host of [staging, web1, web2]) await installPython(host);
  await Promise.all([
    makeProduction(web1, "first-site", "zope"),
    makeProduction(web2, "another-site", "m3user"),
    makeStaging(staging),
  ]);
  const path = `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  const hostout: SeedBed["hostout"] = (words, { cwd = projectPath, env = {} } = {}) =>
    staging.sh(`cd ${cwd} && ${root}/bin/hostout ${words}`, { mayFail: true, env: { PATH: path, ...env } });
  return {
    staging,
    web1,
    web2,
    hostout,
    events: async (words) => {
      const { stdout } = await hostout(`--json ${words}`);
      return stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as JsonEvent);
    },
    interrupted: (words, afterMs) =>
      staging.sh(
        `cd ${projectPath} && exec timeout --foreground --preserve-status -s INT ${afterMs / 1000} ${root}/bin/hostout ${words}`,
        {
          mayFail: true,
          env: { PATH: path },
        },
      ),
    inTerminal: (typed, words) =>
      staging.sh(
        `cd ${projectPath} && ${typed} | script -qec 'stty rows 33 cols 99; ${root}/bin/hostout ${words}' /dev/null`,
        { mayFail: true, env: { PATH: path } },
      ),
    stop: bed.stop,
  };
}

/** The interpreter that the seed names, with Debian's zc.buildout. */
async function installPython(host: BedHost): Promise<void> {
  await host.sh(
    `/usr/bin/python3 -m venv --system-site-packages --without-pip ${dirname(dirname(buildoutPython))}`,
  );
}

/** A production that has served for years: data, and a supervisor of its own that knows the site. */
async function makeProduction(host: BedHost, site: string, user: string): Promise<void> {
  await host.sh(`
mkdir -p ${sitePath}/var/filestorage ${sitePath}/var/blobstorage/0x00
head -c 200000 /dev/urandom >${sitePath}/var/filestorage/Data.fs
echo picture >${sitePath}/var/blobstorage/0x00/1.blob
chown -R ${user}: /var/buildout
printf '%s\\n' '[program:greeter]' 'command = ${sitePath}/bin/greeter' 'user = ${user}' 'autostart = false' 'startsecs = 0' \
  '[group:${site}]' 'programs = greeter' >/etc/supervisor/conf.d/site.conf
mkdir -p /var/log/supervisor
touch '/root/${site}:matches-the-star'
supervisord -c /etc/supervisor/supervisord.conf`);
}

/** The project with the seed's configuration, and the site's repository, in hg and in git. */
async function makeStaging(host: BedHost): Promise<void> {
  const config = readFileSync(join(import.meta.dirname, "seed.cfg"), "utf8");
  await host.sh(
    `
mkdir -p ${projectPath}/src/deep /srv/repository /var/buildout
printf %s "$CONFIG" >${projectPath}/buildout.cfg
cp -r ${root}/test/sample-site/. /srv/repository
cd /srv/repository
hg init && hg commit -q --addremove -u test -m one
hg branch -q feature && sed -i 's/revision = one/revision = feature/' buildout.cfg && hg commit -q -u test -m feature && hg update -q default
cp -r /srv/repository /srv/repository.git && cd /srv/repository.git && rm -rf .hg
git init -q -b main && git config user.name test && git config user.email test@localhost && git add -A && git commit -qm one`,
    { env: { CONFIG: config } },
  );
}
