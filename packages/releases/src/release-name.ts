/** `20261120T101500123Z-ab12cd34`: when it was made, and of what. Names in the order of time are in the order of the alphabet. */
export function releaseName(nowMs: number, contentHash: string): string {
  return `${new Date(nowMs).toISOString().replaceAll(/[-:.]/g, "")}-${contentHash.slice(0, 8)}`;
}

/** What can be the name of a release: nothing that a path or a shell gives a meaning to. */
export const releaseForm = /^\d{8}T\d{6,9}Z-[0-9a-f]{8}$/;
