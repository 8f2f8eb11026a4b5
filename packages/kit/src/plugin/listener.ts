import type { Event } from "../run/events.ts";
import type { Site } from "../site/site.ts";

/** A run, as a listener gets to know it before its first event. */
export interface ListenedRun {
  /** The sites of the run that have the plugin of the listener. */
  readonly sites: readonly Site[];
  /** Prints a line that the user must know of, once. */
  readonly warn: (text: string) => void;
}

/** Receives the events of a run. An error of a listener becomes a warning, and never fails the run. */
export interface Listener {
  /** One event as it happens, without secrets. Of tasks only those of the sites of the listener. Nothing waits for what it begins. */
  readonly event: (event: Event) => void;
  /** Sends what is left to be sent, after `run.end`. The run waits for it ten seconds at most. */
  readonly close?: (() => Promise<void>) | undefined;
}

/** A listener that a plugin declares. It is not opened on a dry run. */
export interface ListenerDefinition {
  /** One line for the reference, no full stop. */
  readonly summary: string;
  /** @returns undefined where the listener has nothing to do in this run */
  readonly open: (run: ListenedRun) => Listener | undefined | Promise<Listener | undefined>;
}
