import type { RunSummary } from "@hostout/engine";
import type { Act, Step } from "./history.ts";
import type { SharedHost } from "./line.ts";
import type { Going, Person, ResumedRun, Said, Typed } from "./person.ts";
import type { TestClock } from "./test-clock.ts";

/** What two people have, and what is known of it by who sees all. */
export interface Scene {
  readonly hosts: readonly SharedHost[];
  readonly people: readonly Person[];
  readonly labels: readonly string[];
  readonly clock: TestClock;
}

/** What came of a history. */
export interface Played {
  readonly runs: number;
  readonly killed: number;
  /** Runs that another one came into, in the midst. */
  readonly interrupted: number;
  readonly resumed: number;
  readonly refused: number;
  /** What was said and is not so. */
  readonly lies: readonly string[];
  /** What was seen, to compare: of each act what it ended with, and the labels that are live. */
  readonly seen: readonly string[];
}

/** Lets a history happen. */
export async function play(scene: Scene, history: readonly (Act | Step)[]): Promise<Played> {
  const { hosts, people, labels, clock } = scene;
  const count = { runs: 0, killed: 0, interrupted: 0, resumed: 0, refused: 0 };
  const lies: string[] = [];
  const seen: string[] = [];
  const buried: (() => void)[] = [];
  /** How many switches each host had logged when a run began, and when it ended or was killed. */
  const logged = new Map<
    string,
    { readonly atBegin: readonly number[]; readonly atEnd: readonly number[] }
  >();
  const live = () => hosts.map((host) => host.live());
  const switches = () => hosts.map((host) => host.switchers().length);
  const { pid: ours } = process;
  let lastPid = 5_000_000;

  for (const one of history) {
    if ("clock" in one) clock.step(one.clock, one.byMs);
    else {
      await act(one, "");
      clock.pass(120_000);
    }
  }
  bePid(ours);
  for (const bury of buried) bury();
  return { ...count, lies, seen };

  async function act(one: Act, inside: string): Promise<void> {
    const { who, does, cut, meanwhile } = one;
    const person = people[who]!;
    const pid = ++lastPid;
    const be = () => {
      clock.isOf(who);
      bePid(pid);
    };
    be();
    const atBegin = switches();
    let typed: Typed;
    let going: Going;
    let goesOnWith: ResumedRun | undefined;
    if (does.type === "resume") {
      const resumed = person.resume(does.back, { cut, failure: does.failure });
      if (!resumed) return;
      count.resumed++;
      goesOnWith = resumed;
      typed = resumed;
      going = resumed.going;
    } else {
      const commands = [does.type];
      const label = "label" in does ? does.label : 0;
      typed = { commands, label, cut, failure: does.failure };
      going = person.type(typed);
    }
    count.runs++;
    const first = await Promise.race([going.said.then(() => "end"), going.client.paused.then(() => "pause")]);
    const isInterrupted = first === "pause" && meanwhile.length > 0;
    if (isInterrupted) count.interrupted++;
    if (first === "pause") {
      for (const other of meanwhile) await act(other, `${inside}  `);
      be();
      clock.pass(5000);
      going.client.goOn();
    }
    const said = await going.said;
    const now = live();
    const run = person.lastRun();
    if (run !== undefined && (said === undefined || "summary" in said))
      logged.set(run, { atBegin, atEnd: switches() });
    const what = `${inside}${person.name} ${JSON.stringify(does)}${cut ? ` ${JSON.stringify(cut)}` : ""}`;
    const lie = (text: string) => lies.push(`${what}: ${text}`);
    judge(typed, said, now, going.client.lastLive, lie);
    if (goesOnWith !== undefined && !isInterrupted) judgeResume(goesOnWith, atBegin, said, lie);
    seen.push(
      `${what} -> ${outcomeOf(said)} ${hosts.map((host, index) => labelAt(host, now[index])).join(" ")}`,
    );
    if (said === undefined) {
      count.killed++;
      buried.push(going.client.bury);
    }
    if (first !== "pause") for (const other of meanwhile) await act(other, `${inside}  `);
  }

  function judge(
    { commands: [command], label: wanted }: Typed,
    said: Said,
    now: readonly (string | undefined)[],
    lastLive: readonly (string | undefined)[],
    lie: (text: string) => void,
  ): void {
    if (said === undefined || !("summary" in said)) return;
    for (const [index, target] of said.summary.targets.entries()) {
      const is = now[index] ?? null;
      const told = target.live;
      const last = lastLive[index] ?? null;
      if (told !== undefined && told !== is && told !== last)
        lie(`${target.host} (${target.status}): says that ${told} is live, and ${is} is`);
      if (target.error?.code === "internal") lie(`${target.host}: ${target.error.message}`);
      if (target.status !== "ok") continue;
      const label = labelAt(hosts[index]!, now[index]);
      if (command === "deploy" && label !== labels[wanted] && is === last)
        lie(`${target.host}: deployed ${labels[wanted]}, and ${label} is live`);
      const named = /\d{8}T\d{9}Z-[0-9a-f]{8}$/.exec(target.note ?? "")?.[0];
      if (command !== "prepare" && named !== undefined && named !== is && named !== last)
        lie(`${target.host}: '${target.note}', and ${is} is live`);
    }
  }

  /** Where another one switched since a run looked, or since it began where it never looked, nothing is changed. */
  function judgeResume(
    { chain }: ResumedRun,
    before: readonly number[],
    said: Said,
    lie: (text: string) => void,
  ): void {
    if (said && "refused" in said) count.refused++;
    const own = new Set(["", ...chain.map(({ holder }) => holder)]);
    for (const [index, host] of hosts.entries()) {
      const looked = chain.find(({ seen: names }) => names.includes(host.name));
      const since = looked
        ? logged.get(looked.run)?.atEnd[index]
        : logged.get(chain.at(-1)!.run)?.atBegin[index];
      const log = host.switchers();
      const others = log.slice(since, before[index]).filter((who) => !own.has(who));
      if (others.length > 0 && log.length > before[index]!)
        lie(`${host.name}: went on, though ${others.join(" and ")} switched since`);
    }
  }
}

/** From now on this is another process. */
function bePid(pid: number): void {
  Object.defineProperty(process, "pid", { value: pid, configurable: true });
}

const labelAt = (host: SharedHost, release: string | undefined) =>
  release === undefined ? "nothing" : (host.labelOf(release) ?? "unknown");

function outcomeOf(said: Said): string {
  if (said === undefined) return "killed";
  if ("refused" in said) return `refused ${(said.refused as { code: string }).code}`;
  return statusesOf(said.summary);
}

const statusesOf = ({ exitCode, targets }: RunSummary) =>
  `${exitCode} (${targets.map(({ status, error }) => error?.code ?? status).join(" ")})`;
