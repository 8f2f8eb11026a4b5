/** What one try of a check came to. */
export type Attempt =
  | {
      readonly held: true;
      /** `200` */
      readonly said: string;
    }
  | {
      readonly held: false;
      /** What was found instead, as a clause: `it answered 500`. */
      readonly found: string;
      readonly hint?: string | undefined;
    };
