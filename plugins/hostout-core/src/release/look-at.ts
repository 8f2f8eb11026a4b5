import type { Store, StoreState } from "@hostout/releases";

/** A look at a host before its lock is taken. */
export interface Look {
  readonly state: StoreState;
  /** Whether something in what is served was written since it was complete. */
  readonly isTouched: boolean;
}

/** Both beside one another: each costs a round trip. */
export async function lookAt(store: Store): Promise<Look> {
  const [state, isTouched] = await Promise.all([store.state(), store.isTouched()]);
  return { state, isTouched };
}
