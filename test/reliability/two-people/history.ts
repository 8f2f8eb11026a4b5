import fc from "fast-check";
import type { Cut, Failure } from "./line.ts";

/** What one of two people does. */
export interface Act {
  readonly who: 0 | 1;
  readonly does:
    | { readonly type: "deploy" | "prepare"; readonly label: number; readonly failure: Failure | undefined }
    | { readonly type: "rollback" | "activate" | "cleanup" | "unlock"; readonly failure: Failure | undefined }
    | { readonly type: "resume"; readonly back: number; readonly failure: Failure | undefined };
  readonly cut: Cut | undefined;
  /** What the other one does while the client stands still, or after its end. */
  readonly meanwhile: readonly Act[];
}

/** A clock that steps: of one of them, or of the hosts. */
export interface Step {
  readonly clock: 0 | 1 | "hosts";
  readonly byMs: number;
}

const host = fc.nat({ max: 1 });
const failure: fc.Arbitrary<Failure | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.record({ host, in: fc.constantFrom("build", "verify") }) },
);
const cut: fc.Arbitrary<Cut | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  {
    weight: 3,
    arbitrary: fc.record({
      host,
      command: fc.nat({ max: 17 }),
      when: fc.constantFrom("before", "after"),
      how: fc.constantFrom("kill", "kill", "break", "pause", "pause", "silence"),
    }),
  },
);
const does: fc.Arbitrary<Act["does"]> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant("deploy"), label: fc.nat({ max: 4 }), failure }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("prepare"), label: fc.nat({ max: 4 }), failure }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom("rollback", "rollback", "activate", "cleanup", "unlock"),
      failure,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("resume"), back: fc.constantFrom(0, 0, 0, 1, 2), failure }),
  },
) as fc.Arbitrary<Act["does"]>;

const who = fc.constantFrom(0, 1) as fc.Arbitrary<0 | 1>;
/** What the other one does meanwhile often begins with taking the lock away. */
const inside = fc.array(
  fc.record({
    does: fc.oneof(
      { weight: 2, arbitrary: fc.constant({ type: "unlock", failure: undefined } as Act["does"]) },
      { weight: 3, arbitrary: does },
    ),
    cut: fc.constant(undefined),
  }),
  { maxLength: 3 },
);
const act: fc.Arbitrary<Act> = fc.record({ who, does, cut, inside }).map(({ inside: acts, ...one }) => ({
  ...one,
  meanwhile: acts.map((other) => ({ ...other, who: one.who === 0 ? 1 : 0, meanwhile: [] })),
}));
const step: fc.Arbitrary<Step> = fc.record({
  clock: fc.constantFrom(0, 1, "hosts") as fc.Arbitrary<Step["clock"]>,
  byMs: fc.constantFrom(-86_400_000, -3_600_000, -500, 500, 3_600_000, 86_400_000),
});

const acts = (minLength: number, maxLength: number): fc.Arbitrary<readonly (Act | Step)[]> =>
  fc.array(fc.oneof({ weight: 8, arbitrary: act }, { weight: 1, arbitrary: step }), { minLength, maxLength });

/** What happens to a site on two hosts, to which both deploy. */
export const history = acts(4, 10);
/** The same, for hosts that take their time. */
export const short = acts(2, 5);
