import { createHash } from "node:crypto";
import { Writable } from "node:stream";
import { type Entry, textEntry } from "../entries/entry.ts";
import { writeTar } from "./archiver.ts";

const samples: readonly Entry[] = [
  { path: "folder", isExecutable: true, content: { folder: true } },
  { path: "link", isExecutable: false, content: { link: "text" } },
  { path: `${"long/".repeat(60)}path`, isExecutable: true, content: { bytes: Buffer.from("2") } },
  { ...textEntry("secret", "3"), readers: "owner" },
  textEntry("text", "1"),
];

/**
 * Returns the sum of a small archive. The sum changes if the library writes another tar than before, and then no piece
 * of an older archive is usable.
 */
export async function archiveForm(): Promise<string> {
  const hash = createHash("sha256");
  await writeTar(
    samples,
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done();
      },
    }),
  );
  return hash.digest("hex");
}
