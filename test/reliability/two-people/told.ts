import type { Act, Step } from "./history.ts";

type Does = Act["does"];

const act = (who: 0 | 1, does: Does, more: Partial<Act> = {}): Act => ({
  ...{ who, does, cut: undefined, meanwhile: [] },
  ...more,
});
const deploy = (label: number): Does => ({ type: "deploy", label, failure: undefined });
const unlock: Does = { type: "unlock", failure: undefined };
const rollback: Does = { type: "rollback", failure: undefined };
const resume: Does = { type: "resume", back: 0, failure: undefined };
const activate: Does = { type: "activate", failure: undefined };
const failing: Does = { type: "rollback", failure: { host: 0, in: "verify" } };

/** Histories in which a run told a lie once, and one in which resume refuses. */
export const told: readonly (readonly (Act | Step)[])[] = [
  [
    act(0, deploy(0)),
    act(0, deploy(1), { cut: { host: 1, command: 9, when: "after", how: "kill" } }),
    act(1, deploy(2)),
    act(0, resume),
  ],
  // A run looked at a host that another one switched before it asked for the lock, which it did not get.
  [
    act(0, deploy(0), {
      cut: { host: 0, command: 1, when: "before", how: "silence" },
      meanwhile: [act(1, unlock), act(1, deploy(0))],
    }),
  ],
  // Its lock was taken away on two hosts, and on one of them it did nothing more.
  [
    act(0, deploy(0)),
    act(0, deploy(1), {
      cut: { host: 0, command: 4, when: "before", how: "silence" },
      meanwhile: [act(1, unlock), act(1, deploy(1))],
    }),
  ],
  // The other one deployed first where the store was just made.
  [
    act(1, deploy(0), {
      cut: { host: 1, command: 3, when: "after", how: "silence" },
      meanwhile: [act(0, deploy(0))],
    }),
  ],
  // One host was live, and another run deployed there while this one went on with the other host.
  [
    act(0, deploy(0)),
    act(0, deploy(1)),
    act(0, deploy(0), {
      cut: { host: 1, command: 4, when: "before", how: "silence" },
      meanwhile: [act(1, deploy(1))],
    }),
  ],
  // Another one switched there and back since: what is live is what the run had seen.
  [
    act(0, deploy(0)),
    act(1, { type: "deploy", label: 1, failure: { host: 0, in: "build" } }),
    act(0, deploy(2)),
    act(0, deploy(0)),
    act(1, resume),
  ],
  // It had looked on no host when it was killed.
  [
    act(0, deploy(0)),
    act(1, deploy(1), { cut: { host: 0, command: 0, when: "before", how: "kill" } }),
    act(0, deploy(2)),
    act(1, resume),
  ],
  // Its lock was taken away while it gave it back, and the other one deployed before it had heard of that.
  [
    act(1, deploy(3), {
      cut: { host: 1, command: 10, when: "before", how: "break" },
      meanwhile: [act(0, unlock), act(0, unlock), act(0, unlock)],
    }),
    act(1, activate, {
      cut: { host: 1, command: 3, when: "after", how: "pause" },
      meanwhile: [act(0, unlock), act(0, unlock), act(0, deploy(3))],
    }),
  ],
  // A rollback had switched one host when its lock was taken away, and another one deployed there.
  [
    act(0, deploy(0)),
    act(0, deploy(1)),
    act(1, rollback, {
      cut: { host: 1, command: 9, when: "before", how: "silence" },
      meanwhile: [act(0, unlock), act(0, deploy(2))],
    }),
  ],
  // A rollback whose check failed was gone on with.
  [act(0, deploy(1)), act(1, deploy(0)), act(1, failing), act(1, resume), act(0, rollback)],
];
