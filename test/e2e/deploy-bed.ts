import { dirname, join } from "node:path";
import { type Bed, startBed, whyNoBed } from "../bed/bed.ts";
import type { BedHost, Finished } from "../bed/bed-host.ts";
import { describeUnless } from "../bed/describe-with.ts";

export const root = dirname(dirname(import.meta.dirname));
/** The folder of the project, on the machine of who deploys. */
export const projectPath = "/srv/project";
/** On each machine: Debian's zc.buildout with the system's Python. */
export const python = "/usr/local/virtualenvs/buildout/bin/python";

/** An event of a run, as `--json` tells it. */
export interface DeployEvent {
  readonly type: string;
  readonly site?: string;
  readonly host?: string;
  /** Command, and those that it was called by, the outermost first. */
  readonly path?: readonly string[];
  readonly status?: string;
  readonly note?: string;
  readonly value?: unknown;
  readonly line?: string;
}

/** A machine on which hostout runs, and hosts that have neither a version control nor hostout. */
export interface DeployBed {
  readonly client: BedHost;
  readonly web1: BedHost;
  readonly host: (name: string) => BedHost;
  /** Writes files of a project. */
  readonly write: (files: Readonly<Record<string, string>>, folder?: string) => Promise<void>;
  /** Runs bin/hostout in a folder of the client. */
  readonly hostout: (
    words: string,
    settings?: { readonly folder?: string; readonly before?: string },
  ) => Promise<Finished>;
  /** As `hostout`, with --json: the events, and the exit code. */
  readonly events: (
    words: string,
    settings?: { readonly folder?: string },
  ) => Promise<{ readonly code: number; readonly events: readonly DeployEvent[] }>;
  readonly stop: () => Promise<void>;
}

export async function startDeployBed({
  hosts = ["web1"],
  withPython = false,
}: {
  readonly hosts?: readonly string[];
  readonly withPython?: boolean;
} = {}): Promise<DeployBed> {
  const node = dirname(dirname(process.execPath));
  const binds = node.startsWith("/usr") || node.startsWith(root) ? [root] : [root, node];
  const names = ["client", ...hosts];
  const bed: Bed = await startBed({ hosts: Object.fromEntries(names.map((name) => [name, []])), binds });
  const client = bed.host("client");
  for (const name of hosts) await bed.host(name).sh("rm -f /usr/bin/git /usr/bin/hg /usr/bin/svn");
  if (withPython) await Promise.all(names.map((name) => installPython(bed.host(name))));
  const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`;
  const run: DeployBed["hostout"] = (words, { folder = projectPath, before = "exec" } = {}) =>
    client.sh(`cd ${folder} && ${before} ${root}/bin/hostout ${words}`, {
      mayFail: true,
      env: { PATH: path },
    });
  return {
    client,
    web1: bed.host(hosts[0]!),
    host: bed.host,
    write: async (files, folder = projectPath) => {
      for (const [name, text] of Object.entries(files)) {
        const file = join(folder, name);
        await client.sh(`mkdir -p ${dirname(file)} && printf %s "$TEXT" >${file}`, { env: { TEXT: text } });
      }
    },
    hostout: run,
    events: async (words, settings) => {
      const { code, stdout } = await run(`--json ${words}`, settings);
      const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
      return { code, events: lines.map((line) => JSON.parse(line) as DeployEvent) };
    },
    stop: bed.stop,
  };
}

/** Tests with a bed of their own: it is there, and `prepare` is done with it, when the first one begins. */
export function describeDeploys(
  title: string,
  prepare: (bed: DeployBed) => Promise<unknown>,
  tests: (bed: DeployBed) => void,
): void {
  describeUnless(whyNoBed(), title, () => {
    const bed = {} as DeployBed;
    beforeAll(async () => {
      Object.assign(bed, await startDeployBed());
      await prepare(bed);
    });
    afterAll(() => bed.stop?.());
    tests(bed);
  });
}

/** Debian's zc.buildout 2.13 needs a name that Python 3.10 took away. */
async function installPython(host: BedHost): Promise<void> {
  const folder = dirname(dirname(python));
  await host.sh(`/usr/bin/python3 -m venv --system-site-packages --without-pip ${folder}
printf 'import collections, collections.abc; collections.MutableMapping = collections.abc.MutableMapping\\n' >$(echo ${folder}/lib/python3*/site-packages)/buildout.pth`);
}

/** The last word of a command on a host: how it ended, and what it said of itself. */
export function endOf(events: readonly DeployEvent[], command: string): DeployEvent | undefined {
  return events.findLast(({ type, path }) => type === "task.end" && path?.at(-1) === command);
}

/** Names of the commands that were done on hosts or here, in order. */
export function doneIn(events: readonly DeployEvent[]): readonly string[] {
  return events.flatMap(({ type, path, status }) =>
    type === "task.end" && status === "ok" ? [path?.at(-1) ?? ""] : [],
  );
}

/** What a host has below a folder: each file with its sum, each link with where it leads. */
export async function contentOf(host: BedHost, folder: string): Promise<string> {
  const find = "find . \\( -name '*.pyc' -o -name __pycache__ \\) -prune -o";
  const line = `cd ${folder}/ && { ${find} -type f -exec sha256sum {} +; ${find} -type l -printf '%l %p\\n'; } | sort`;
  return (await host.sh(line)).stdout;
}

/** What answers on a host's loopback. */
export async function pageOf(host: BedHost, port: number): Promise<string> {
  const ask = `import urllib.request as u; print(u.urlopen("http://127.0.0.1:${port}/").read().decode().strip())`;
  return (await host.sh(`python3 -c '${ask}'`)).stdout.trim();
}

/** The name of the release that is served at a path of a host. */
export async function releaseAt(host: BedHost, path: string): Promise<string> {
  return (await host.sh(`basename $(readlink ${path}/current)`)).stdout.trim();
}

/** Its name and its content. */
export async function servedAt(host: BedHost, path: string): Promise<readonly string[]> {
  return [await releaseAt(host, path), await contentOf(host, `${path}/current`)];
}
