/** The main job on two throw-away hosts. */
export async function demo(): Promise<number> {
  return 0;
}
