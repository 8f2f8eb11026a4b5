import type { Packaged } from "../make/package-site.ts";

/** POSIX sh, with a folder that exists in `$p`: prints how many KiB and inodes are free there. Some file systems count no inodes. */
export const roomScript = `df -Pk "$p" | { read -r _; read -r _ _ _ f _; printf 'free\\t%s\\n' "$f"; }
df -Pi "$p" 2>/dev/null | { read -r _; read -r _ k _ f _; [ "$k" -gt 0 ] 2>/dev/null && printf 'inodes\\t%s\\n' "$f"; }`;

/** Why the host has no room for the release, in the numbers of {@link roomScript}. Empty where it has. */
export function lackOfRoom(
  facts: ReadonlyMap<string | undefined, string>,
  path: string,
  packaged: Pick<Packaged, "sizeBytes" | "files"> | undefined,
): readonly string[] {
  // The package, the release, and as much again for what a build adds.
  const needBytes = (packaged?.sizeBytes ?? 0) * 3;
  const needFiles = packaged?.files ?? 0;
  const freeBytes = Number(facts.get("free") ?? Number.POSITIVE_INFINITY) * 1024;
  const freeFiles = Number(facts.get("inodes") ?? Number.POSITIVE_INFINITY);
  const found = [
    freeBytes === 0 && `there is no room left for ${path}`,
    freeBytes > 0 &&
      freeBytes < needBytes &&
      `${sizeText(freeBytes)} are free, and the release needs ${sizeText(needBytes)}`,
    freeFiles === 0 && `the disk of ${path} takes no more files: no inodes are free (df -i)`,
    freeFiles > 0 &&
      freeFiles < needFiles &&
      `the disk of ${path} takes ${freeFiles} more files (inodes, df -i), and the release has ${needFiles}`,
  ];
  return found.filter((one) => one !== false);
}

const sizeText = (bytes: number) =>
  bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
