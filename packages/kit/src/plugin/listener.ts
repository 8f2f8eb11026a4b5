import type { Event } from "../run/events.ts";
import type { Site } from "../site/site.ts";

/** The facts about a run that a listener gets before the first event. */
export interface ListenedRun {
  /** The sites of the run that have the plugin of the listener. */
  readonly sites: readonly Site[];
  /** Prints a warning for the user, once. */
  readonly warn: (text: string) => void;
}

/** Receives the events of a run. An error of a listener becomes a warning, and never fails the run. */
export interface Listener {
  /**
   * Receives one event as it happens, without secrets. Of the task events, a listener gets only those of its
   * own sites. The run does not wait for work that the listener starts.
   */
  readonly event: (event: Event) => void;
  /** Sends the rest, after `run.end`. The run waits at most ten seconds for it. */
  readonly close?: (() => Promise<void>) | undefined;
}

/** A listener that a plugin declares. A dry run does not open it. */
export interface ListenerDefinition {
  /** Summary for the reference: one line, no full stop. */
  readonly summary: string;
  /** Opens the listener for one run. @returns undefined where the listener does nothing in this run */
  readonly open: (run: ListenedRun) => Listener | undefined | Promise<Listener | undefined>;
}
