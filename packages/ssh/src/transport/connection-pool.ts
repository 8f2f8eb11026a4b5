import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Process, Transport } from "@hostout/kit";
import type { LimitFunction } from "p-limit";
import { SessionRefused } from "../failure/session-refused.ts";
import { keepOpen } from "./keep-open.ts";

/** sshd allows 10 sessions on a connection by default (MaxSessions). hostout leaves some to others. */
const sessionsAtOnce = 8;

/** Background commands on the first connection: locks, and the two shared shells of an account. */
const mostInBackground = 6;

/** Time after the end of a command in which its session may still count, in milliseconds. */
const putAwayMs = 2500;

/** The number of tries to start a command on a host that has no room for it. */
const mostTries = 20;

/** One connection, and the number of places taken on it. */
interface Lane {
  readonly transport: Transport;
  /** Background commands, which free their places at the end of the run. */
  background: number;
  /** Open sessions of the host. */
  open: number;
  /** Sessions that are opening, and that the host has not refused so far. */
  opening: number;
  /** The end of the last session, as performance.now(). */
  endedMs: number;
  /** All other commands wait here for their turn. */
  readonly turns: LimitFunction;
  /** The host does not count these connections as sessions. */
  readonly dials: LimitFunction;
}

/**
 * Presents the connections of one host as one. Commands take turns on the first connection.
 * A background command keeps its place while it runs. Such commands get at most six places of the first connection,
 * and further connections for the rest.
 * So no background command keeps a place that other commands need.
 *
 * A refusal shows that a host allows fewer sessions. From then on each connection has that many places.
 *
 * @param open logs in
 * @param leaveSessions frees the sessions that the run can do without, after the first refusal
 */
export function makeConnectionPool(
  open: () => Promise<Transport>,
  leaveSessions: () => Promise<void> = async () => {},
): () => Promise<Transport> {
  let most = sessionsAtOnce;
  let hasLeft = false;
  const lanes = new Set<Lane>();
  const isOpen = ({ transport }: Lane) => transport.isOpen();
  const leaveRoom = () => {
    for (const lane of lanes) lane.turns.concurrency = Math.max(1, most - lane.background);
  };
  const openLane = async (): Promise<Lane> => {
    const { default: pLimit } = await import("p-limit");
    const transport = await open();
    const lane = {
      transport,
      background: 0,
      open: 0,
      opening: 0,
      endedMs: Number.NEGATIVE_INFINITY,
      turns: pLimit(most),
      dials: pLimit(sessionsAtOnce),
    };
    for (const one of lanes) if (!isOpen(one)) lanes.delete(one);
    lanes.add(lane);
    return lane;
  };
  const main = keepOpen(openLane, (lane) => isOpen(lane) && lane.background < most);
  const isFree = (lane: Lane) => isOpen(lane) && lane.background + lane.turns.activeCount < most;
  const laneForBackground = async (): Promise<Lane> => {
    const first = await main();
    if (isFree(first) && first.background < Math.min(mostInBackground, most - 1)) return first;
    const further = [...lanes].find((lane) => lane !== first && isFree(lane));
    if (further) return further;
    return openLane().catch((error: unknown) => {
      // A host may refuse a second login, for example with one-time passwords.
      if (isFree(first) && first.background < most - 1) return first;
      throw error;
    });
  };
  let choosing: Promise<unknown> = Promise.resolve();
  /**
   * Takes one place at a time. So each caller sees the places of the others, and nobody opens many connections to a
   * host at once.
   */
  const takePlace = (): Promise<Lane> => {
    const chosen = choosing.then(async () => {
      const lane = await laneForBackground();
      lane.background += 1;
      leaveRoom();
      return lane;
    });
    choosing = chosen.catch(() => undefined);
    return chosen;
  };
  /** Resolves to undefined if the host has no room for the command now. */
  const startOn = async (lane: Lane, line: string, isLastTry: boolean): Promise<Process | undefined> => {
    let process: Process;
    try {
      process = await startWhenThereIsRoom(lane, line);
    } catch (error) {
      if (!(error instanceof SessionRefused) || isLastTry || isIdle(lane)) throw error;
      if (!hasLeft) {
        hasLeft = true;
        await leaveSessions();
        return undefined;
      }
      most = Math.max(1, Math.min(most, lane.open));
      leaveRoom();
      return undefined;
    }
    lane.open += 1;
    const ended = () => {
      lane.open -= 1;
      lane.endedMs = performance.now();
    };
    process.exited.then(ended, ended);
    return process;
  };
  const startInBackground = async (line: string, isLastTry: boolean): Promise<Process | undefined> => {
    const lane = await takePlace();
    const giveBack = () => {
      lane.background -= 1;
      leaveRoom();
    };
    const starting = startOn(lane, line, isLastTry);
    starting.then((process) => process?.exited).then(giveBack, giveBack);
    return starting;
  };
  const startInTurn = async (line: string, isLastTry: boolean): Promise<Process | undefined> => {
    const lane = await main();
    return inTurn(
      lane.turns,
      () => startOn(lane, line, isLastTry),
      (process) => process?.exited,
    );
  };
  const start: Transport["start"] = async (line, { background = false } = {}) => {
    for (let tries = 1; ; tries++) {
      const isLastTry = tries === mostTries;
      const process = background
        ? await startInBackground(line, isLastTry)
        : await startInTurn(line, isLastTry);
      if (process) return process;
    }
  };
  return async () => {
    const { transport, dials } = await main();
    const dial: Transport["dial"] = (to, signal) =>
      inTurn(dials, () => transport.dial(to, signal), untilClosed);
    return { ...transport, start, dial };
  };
}

/** Opens something in its turn, and keeps the turn until that has ended. */
function inTurn<T>(
  turns: LimitFunction,
  open: () => Promise<T>,
  ended: (opened: T) => Promise<unknown> | undefined,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    turns(async () => {
      const opened = await open();
      resolve(opened);
      await ended(opened);
    }).catch(reject);
  });
}

const endedJustNow = ({ endedMs }: Lane) => performance.now() - endedMs < putAwayMs;

/** Returns whether a lane is idle: a refusal on it has another cause than lack of room. */
const isIdle = (lane: Lane) => lane.open === 0 && lane.opening === 0 && !endedJustNow(lane);

/**
 * Starts a command, and tries again while its refusal does not show how many sessions the host allows.
 * sshd counts a session until a little after the end of its command, and other sessions may be about to open.
 */
async function startWhenThereIsRoom(lane: Lane, line: string): Promise<Process> {
  for (let waitMs = 5; ; waitMs *= 2) {
    lane.opening += 1;
    try {
      return await lane.transport.start(line).finally(() => {
        lane.opening -= 1;
      });
    } catch (error) {
      if (!(error instanceof SessionRefused) || waitMs > putAwayMs / 2) throw error;
      if (lane.opening === 0 && !endedJustNow(lane)) throw error;
      await sleep(waitMs);
    }
  }
}

async function untilClosed(stream: Duplex): Promise<void> {
  if (!stream.closed) await new Promise<void>((closed) => stream.once("close", () => closed()));
}
