import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The files that works copy and deploy: 2,000 of 10 KB. */
export interface Tree {
  /** Writes other contents into 20 files, each in a folder of its own. */
  readonly change: () => void;
  /** Throws unless a folder has these files with these contents, and no others. */
  readonly expectIn: (folder: string) => void;
}

/** Writes the tree into a folder that does not exist yet. */
export function makeTree(folder: string, count = 2000): Tree {
  const files = new Map<string, Buffer>();
  const write = (path: string, content: Buffer) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    files.set(path, content);
  };
  const originalOf = (index: number) => Buffer.alloc(10_000, `${index} `);
  for (let index = 0; index < count; index++) write(join(String(index % 40), `f${index}`), originalOf(index));
  let changes = 0;
  return {
    change: () => {
      changes += 1;
      for (let index = 0; index < 20; index++) {
        // Two changes within a second differ in length: rsync compares lengths and whole seconds.
        const head = `${"-".repeat(changes % 50)} change ${changes}\n`;
        write(join(String(index), `f${index}`), Buffer.concat([Buffer.from(head), originalOf(index)]));
      }
    },
    expectIn: (other) => {
      const found = readdirSync(other, { recursive: true, withFileTypes: true }).filter(
        (entry) => !entry.isDirectory(),
      );
      if (found.length !== files.size)
        throw new Error(`${other} has ${found.length} files in place of ${files.size}`);
      for (const [path, content] of files) {
        if (!readFileSync(join(other, path)).equals(content))
          throw new Error(`${join(other, path)} has other contents than the tree`);
      }
    },
  };
}
