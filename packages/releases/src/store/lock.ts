import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, isHostoutError, type RunResult } from "@hostout/kit";
import { awaitScript, holdScript, unlockScript } from "../host/lock-scripts.ts";
import { exits } from "../script/exits.ts";
import { isWholeState, parseState, type StoreState } from "../state/store-state.ts";
import { cutState } from "./store-error.ts";

/** The right to change a site's releases on one host. */
export interface Lock {
  /** Proves to the scripts on the host that the lock is still held. */
  readonly token: string;
  /** Frees the lock. */
  readonly release: () => Promise<void>;
}

/** A lock that was just taken, with the state of the store at that time. */
export interface TakenLock extends Lock {
  readonly state: StoreState;
  /** Whether the host ended the lock because it heard nothing from this machine. False if somebody took the lock away. */
  readonly wasCut: () => boolean;
  /** Frees a lock whose connection was cut: the host may still wait for this machine. */
  readonly endThere: () => Promise<void>;
  /** Whether the process that holds the lock has ended before the lock was given back, for whatever reason. */
  readonly isLost: () => boolean;
}

/** The longest name of a lock holder in characters, as it is an argument of a script. */
const mostOfWho = 200;

/** Seconds for which a silent client keeps the lock: longer than a slow line may be busy with the data that it sends. */
const patience = 300;

/**
 * Takes the lock of a site on a host. A process on the host holds it, as a lock of the host's kernel, and reads from
 * this machine.
 * If hostout dies or the connection breaks, the lock is free. If this machine vanishes without a word, the lock is free
 * after `seconds`.
 * Rejects with the error of the script that could not take the lock.
 */
export async function takeLock(
  connection: Connection,
  path: string,
  who: string,
  seconds = patience,
): Promise<TakenLock> {
  const token = randomBytes(12).toString("hex");
  let hasBegun = false;
  let hasEnded = false;
  let isGivenBack = false;
  // The process that holds the lock runs when its input is read.
  const input = new Readable({
    read: () => {
      hasBegun = true;
    },
  });
  const beat = setInterval(() => input.push("."), seconds * 100).unref();
  const endInput = () => {
    isGivenBack = true;
    clearInterval(beat);
    input.push(null);
  };
  const script = (text: string, ...words: readonly string[]) => ["sh", "-c", text, "hostout", path, ...words];
  const holding = connection
    .run(script(holdScript, token, who.slice(0, mostOfWho), String(seconds)), {
      input,
      quiet: true,
      background: true,
      title: "hold the lock",
    })
    .then((): never => {
      throw new Error("the process that held the lock has ended");
    });
  const untilHeld = async (): Promise<RunResult> => {
    for (;;) {
      const wasThere = hasBegun;
      try {
        return await connection.run(script(awaitScript, token), { quiet: true, title: "take the lock" });
      } catch (error) {
        // On a host with many sites, hostout may have to open another connection for it first.
        const isLate = isHostoutError(error) && error.status === exits.lockLost && !wasThere && !hasEnded;
        if (!isLate) throw error;
      }
    }
  };
  const isHeld = untilHeld();
  // After a broken connection the host may still wait for this machine. A host that cannot be reached notices by
  // itself.
  const endThere = async () => {
    const ended = connection.run(script(unlockScript, token), { quiet: true, title: "free the lock" });
    await Promise.race([ended.catch(() => undefined), sleep(5000, undefined, { ref: false })]);
  };
  // Both are awaited below, or when the lock is released. Either may fail before.
  let wasCut = false;
  holding.catch((error: unknown) => {
    clearInterval(beat);
    // A process that ends as it was asked to, or with this run, has kept the lock until then.
    const isInterrupted = isHostoutError(error) && error.code === "interrupted";
    hasEnded = !isInterrupted && (!isGivenBack || isHostoutError(error));
    wasCut = isHostoutError(error) && (error.code === "connection-lost" || error.status === exits.lockSilent);
  });
  isHeld.catch(() => undefined);
  try {
    const { stdout } = await Promise.race([isHeld, holding]);
    if (!isWholeState(stdout)) throw cutState(connection.name, path);
    return {
      token,
      state: parseState(stdout),
      wasCut: () => wasCut,
      endThere,
      isLost: () => hasEnded,
      release: async () => {
        endInput();
        await Promise.allSettled([holding]);
        if (wasCut) await endThere();
      },
    };
  } catch (error) {
    endInput();
    // The process may begin late. By then the lock could be that of a store made meanwhile, and shut out this very run.
    if (isHostoutError(error) && error.status === exits.noFolder) await Promise.allSettled([holding]);
    // The reason of the holding process is better than "waited in vain". The waiting ends by itself.
    await Promise.race([holding, Promise.allSettled([isHeld])]);
    throw error;
  }
}

/** A lock that is taken again after the connection broke. A lock that somebody took away is not. */
export interface RenewableLock extends Lock {
  /** Whether the host has just confirmed the lock. */
  readonly isFresh: () => boolean;
  /** Records that the host confirmed the lock, or denied it. */
  readonly heard: (isHeld: boolean) => void;
  /** Whether the lock is no longer held, as far as is known. Others may have changed the site since. */
  readonly isLost: () => boolean;
  /** Records that the lock holder made another release live. */
  readonly serves: (release: string | undefined) => void;
  /**
   * Takes the lock again after its loss.
   *
   * @returns false if somebody took it away, or made another release live meanwhile
   */
  readonly renew: () => Promise<boolean>;
}

/** Milliseconds: about the time that a command takes to begin on a host far away. */
const freshMs = 500;

export async function takeRenewableLock(take: () => Promise<TakenLock>): Promise<RenewableLock> {
  let held = await take();
  let served = servedBy(held);
  let heardMs: number | undefined = performance.now();
  return {
    isFresh: () => heardMs !== undefined && performance.now() - heardMs < freshMs,
    heard: (isHeld) => {
      heardMs = isHeld ? performance.now() : undefined;
    },
    get token() {
      return held.token;
    },
    release: () => held.release(),
    isLost: () => held.isLost(),
    serves: (release) => {
      served = release;
    },
    renew: async () => {
      if (!held.wasCut()) return false;
      await held.endThere();
      const again = await take();
      const isSame = servedBy(again) === served;
      if (isSame) held = again;
      else await again.release();
      return isSame;
    },
  };
}

const servedBy = ({ state: { served, foreign } }: TakenLock) => served ?? foreign;
