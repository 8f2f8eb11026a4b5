import type { TaskOutput } from "@hostout/kit";

const everyMs = 100;

/** Counts the bytes of a stream. Reports the count at most ten times a second, and always at the end. */
export function countBytes(
  { progress }: Pick<TaskOutput, "progress">,
  totalBytes?: number,
): { readonly add: (bytes: number) => void; readonly end: () => void } {
  let done = 0;
  let told = 0;
  let toldMs = 0;
  const tell = () => {
    told = done;
    toldMs = Date.now();
    progress(done, totalBytes);
  };
  return {
    add: (bytes) => {
      done += bytes;
      if (Date.now() - toldMs >= everyMs) tell();
    },
    end: () => {
      if (done !== told) tell();
    },
  };
}
