import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Why no image of a disk can be mounted here; undefined where one can. */
export function whyNoImage(): string | undefined {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "mounting needs root";
  if (!existsSync("/dev/loop-control")) return "there are no loop devices";
  for (const program of ["mkfs.ext4", "mount", "umount"])
    if (spawnSync("sh", ["-c", `PATH=$PATH:/usr/sbin:/sbin; command -v ${program}`]).status !== 0)
      return `there is no ${program}`;
  return undefined;
}

/** An ext4 file system in a file, mounted in a folder. */
export interface DiskImage {
  /** Where it is mounted. */
  readonly folder: string;
  readonly mount: (options: string) => void;
  readonly unmount: () => Promise<void>;
  /** Keeps what is on the disk: it must not be mounted. */
  readonly keep: () => void;
  readonly putBack: () => void;
  /**
   * What a power cut would leave now: what was written to the disk until then, of which nothing changed while it was read. What the system
   * has still to write is not in it.
   */
  readonly cut: () => Promise<Buffer>;
  /** Makes the disk what a cut left. */
  readonly restore: (image: Buffer) => void;
  readonly stop: () => void;
}

const sizeBytes = 24 * 1024 * 1024;

function run(program: string, ...words: readonly string[]): void {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const { status, stderr } = spawnSync(program, words, { encoding: "utf8", env });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")}: ${stderr}`);
}

const isLooped = (image: string) =>
  spawnSync("sh", ["-c", 'PATH=$PATH:/usr/sbin:/sbin; losetup -j "$0"', image], { encoding: "utf8" })
    .stdout !== "";

/** Makes one, and mounts it. */
export function makeDiskImage(): DiskImage {
  // In memory, where it is read in a moment.
  const root = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "hostout-image-"));
  const folder = mkdtempSync(join(tmpdir(), "hostout-disk-"));
  const image = join(root, "disk");
  writeFileSync(image, "");
  truncateSync(image, sizeBytes);
  run("mkfs.ext4", "-q", "-F", "-b", "1024", "-m", "0", "-J", "size=2", image);
  const mount = (options: string) =>
    run("mount", "-o", `loop,noatime,data=ordered,${options}`, image, folder);
  mount("commit=5");
  return {
    folder,
    mount,
    unmount: async () => {
      // What was told to end may take a moment.
      for (let tries = 0; ; tries++) {
        try {
          run("umount", folder);
          break;
        } catch (error) {
          if (tries > 100) throw error;
          await sleep(50);
        }
      }
      // The kernel lets the loop device go later, on a busy machine much later, and writes to the file until then.
      for (let tries = 0; tries < 200 && isLooped(image); tries++) await sleep(25);
    },
    keep: () => copyFileSync(image, join(root, "kept")),
    putBack: () => copyFileSync(join(root, "kept"), image),
    cut: async () => {
      let before = readFileSync(image);
      for (;;) {
        const now = readFileSync(image);
        if (now.equals(before)) return now;
        before = now;
        await sleep(0);
      }
    },
    restore: (buffer) => writeFileSync(image, buffer),
    stop: () => {
      spawnSync("umount", ["-l", folder]);
      rmSync(root, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
