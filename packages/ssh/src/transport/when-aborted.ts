/** Calls `act` when the signal is aborted, at once if it was before. @returns what ends the waiting */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) act();
  signal.addEventListener("abort", act);
  return () => signal.removeEventListener("abort", act);
}
