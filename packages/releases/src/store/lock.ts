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
  /** Proves to the host's scripts that the lock is held still. */
  readonly token: string;
  /** Frees the lock. */
  readonly release: () => Promise<void>;
}

/** A lock that was taken, and what was there then. */
export interface TakenLock extends Lock {
  readonly state: StoreState;
  /** Whether it was lost because the host did not hear from us any more, and not because somebody took it. */
  readonly wasCut: () => boolean;
  /** Frees it where it was cut: the host may wait for us still. */
  readonly endThere: () => Promise<void>;
  /** Whether the process that holds it has ended, for whatever reason. */
  readonly isLost: () => boolean;
}

/** For how long a host that hears nothing from us believes that we are there: longer than a slow line may be busy with what it sends. */
const patience = 300;

/**
 * Takes the lock of a site on a host. It is a lock of the host's kernel, held by a process that reads from us: when we die, or the
 * line breaks, it is free; when we vanish without a word, after `seconds`. Rejects as the script that could not take it.
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
  // The process that holds the lock is there when its input is read.
  const input = new Readable({
    read: () => {
      hasBegun = true;
    },
  });
  const beat = setInterval(() => input.push("."), seconds * 100).unref();
  const endInput = () => {
    clearInterval(beat);
    input.push(null);
  };
  const script = (text: string, ...words: readonly string[]) => ["sh", "-c", text, "hostout", path, ...words];
  const holding = connection
    .run(script(holdScript, token, who.slice(0, 200), String(seconds)), {
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
        // On a host with many sites, a connection for it may have to be opened first.
        const isLate = isHostoutError(error) && error.status === exits.lockLost && !wasThere && !hasEnded;
        if (!isLate) throw error;
      }
    }
  };
  const isHeld = untilHeld();
  // Where the line broke, the host may wait for us still; where it cannot be reached, it will find out itself.
  const endThere = async () => {
    const ended = connection.run(script(unlockScript, token), { quiet: true, title: "free the lock" });
    await Promise.race([ended.catch(() => undefined), sleep(5000, undefined, { ref: false })]);
  };
  // Both are awaited below, or when the lock is released; either may fail before.
  let wasCut = false;
  holding.catch((error: unknown) => {
    clearInterval(beat);
    hasEnded = true;
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
    // It may begin late, and would hold the lock of a store that is made meanwhile, against us.
    if (isHostoutError(error) && error.status === exits.noFolder) await Promise.allSettled([holding]);
    // Why it could not be held says more than that it was waited for in vain; the waiting ends by itself.
    await Promise.race([holding, Promise.allSettled([isHeld])]);
    throw error;
  }
}

/** A lock that is taken anew where the line to the host broke; one that somebody took away is not. */
export interface RenewableLock extends Lock {
  /** Whether the host has just said that it is held. */
  readonly isFresh: () => boolean;
  /** The host has said that it is held, or that it is not. */
  readonly heard: (isHeld: boolean) => void;
  /** Whether it is not held any more, as far as is known: others may have changed the site since. */
  readonly isLost: () => boolean;
  /** Another release is served from now on, by who holds the lock. */
  readonly serves: (release: string | undefined) => void;
  /**
   * Takes the lock again after it was lost.
   *
   * @returns false where it was taken away, or somebody else served another release meanwhile
   */
  readonly renew: () => Promise<boolean>;
}

/** About as long as a command takes to begin on a host far away. */
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
