import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Connection, HostoutError } from "@hostout/kit";
import type { Archive } from "../system/archive.ts";
import { archiveScript, makePlaceScript } from "./host-scripts.ts";

/**
 * Fetches an archive of Node on this machine, compares its hash, and unpacks it on a host as root.
 *
 * @throws HostoutError `failed` if the archive cannot be had, `refused` if it has another hash
 */
export async function installArchive(
  root: Connection,
  { url, sum }: Archive,
  signal: AbortSignal,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "hostout-archive-"));
  try {
    const file = join(folder, "archive");
    await fetchArchive({ url, sum }, file, signal);
    const place = await root.run(["sh", "-c", makePlaceScript], {
      quiet: true,
      title: "make a temporary folder",
    });
    const there = place.stdout.trim();
    await root.upload(file, `${there}/archive`).catch(async (error: unknown) => {
      await root.run(["rm", "-rf", there], { quiet: true });
      throw error;
    });
    await root.run(["sh", "-c", archiveScript, "hostout", there, sum], {
      quiet: true,
      title: `unpack ${url}`,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchArchive({ url, sum }: Archive, file: string, signal: AbortSignal): Promise<void> {
  const failed = (why: string, cause?: unknown) =>
    new HostoutError({ code: "failed", message: `${url} cannot be fetched: ${why}`, cause });
  const answer = await fetch(url, { signal }).catch((error: Error) => {
    throw failed(error.cause instanceof Error ? error.cause.message : error.message, error);
  });
  if (!answer.ok || !answer.body) throw failed(`the server answered ${answer.status}`);
  const hash = createHash("sha256");
  const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
  body.on("data", (chunk: Buffer) => hash.update(chunk));
  await pipeline(body, createWriteStream(file, { mode: 0o600 }));
  const found = hash.digest("hex");
  if (found === sum) return;
  throw new HostoutError({
    code: "refused",
    message: `${url} has the hash ${found}, and not ${sum}: no host gets it`,
    hint: "Compare the hash with that of the publisher: node-archive = URL#sha256=HASH",
  });
}
