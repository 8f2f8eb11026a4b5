/** Calls `act` when the signal is aborted, or at once if it already is. @returns a function that ends the wait */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) act();
  signal.addEventListener("abort", act);
  return () => signal.removeEventListener("abort", act);
}
