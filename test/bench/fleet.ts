import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepareByHand } from "./by-hand.ts";
import { deployWorks, kept } from "./deploys.ts";
import { startHosts } from "./hosts.ts";
import { makeMeter } from "./meter.ts";
import { prepareOurs } from "./ours.ts";
import { prepareCapistrano } from "./peers/capistrano.ts";
import { prepareFabric } from "./peers/fabric.ts";
import { prepareShipit } from "./peers/shipit.ts";
import { makeRepository } from "./repository.ts";
import { runRounds } from "./rounds.ts";
import { header, jsonOfWork, rowsOf, textOfWork } from "./table.ts";
import { makeTree } from "./tree.ts";
import { bigBytes, commandWorks } from "./works.ts";

// hostout beside OpenSSH with rsync, and beside its peers, in the same run: node test/bench/fleet.ts [ROUNDS] ["PART OF A
// NAME"] [--json]. Entries of a work run in turn, so that what else the machine does falls on all. Figures are medians.
// Prints figures, and judges only whether the work was done. HOSTOUT_BENCH_PEERS may name a folder with peers from npm.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
const [rounds = "5", wanted = ""] = positionals;
const print = (text: string) => process.stdout.write(`${text}\n`);
const note = (text: string) => process.stderr.write(`${text}\n`);

const hosts = await startHosts(10);
const { folder } = hosts;
const meter = makeMeter(hosts);
try {
  const tree = makeTree(join(folder, "tree"));
  const repository = makeRepository(folder, "tree");
  writeFileSync(join(folder, "big"), Buffer.alloc(bigBytes, "0123456789abcdef"));
  const capistrano = prepareCapistrano(hosts, repository, kept);
  const fabric = prepareFabric(hosts);
  const shipit = prepareShipit(hosts, repository, kept, process.env.HOSTOUT_BENCH_PEERS);
  if (!capistrano) note("left out: Capistrano (no cap in PATH; Debian: capistrano)");
  if (!fabric) note("left out: Fabric (no fab in PATH; Debian: fabric)");
  if (!shipit) note("left out: shipit-deploy (HOSTOUT_BENCH_PEERS names no folder with it)");
  const [ours, hand] = [prepareOurs(hosts, kept), prepareByHand(hosts, kept)];
  const given = <T>(values: readonly (T | undefined)[]) => values.filter((one) => one !== undefined);
  const works = [
    ...commandWorks(hosts, tree, ours, hand, given([capistrano, fabric])),
    ...deployWorks(hosts, tree, ours, hand, given([capistrano, shipit])),
  ];
  const environment = {
    ...process.env,
    ...hosts.environment,
    XDG_CACHE_HOME: join(folder, "cache"),
    NODE_COMPILE_CACHE: join(folder, "cache"),
  };
  note(`CPU seconds ${meter.kind}`);
  if (!values.json) print(header);
  for (const work of works.filter(({ name }) => name.includes(wanted))) {
    const rows = rowsOf(work, await runRounds(work, { rounds: Number(rounds), folder, environment, meter }));
    print(values.json ? jsonOfWork(rows) : textOfWork(rows));
  }
} finally {
  await hosts.stop();
  meter.close();
  rmSync(folder, { recursive: true, force: true });
}
