import { get } from "node:http";

/** How requests that never paused were answered. */
export interface Answered {
  readonly ok: number;
  /** Connections that were refused, broken, or answered with another status than 200. */
  readonly failed: readonly string[];
  /** The bodies of the answers, in the order of their first arrival. */
  readonly bodies: readonly string[];
}

/** Asks an address from several sides while `work` runs, each request right after the one before. */
export async function whileAsking(url: string, work: () => Promise<unknown>, sides = 4): Promise<Answered> {
  let isOver = false;
  let ok = 0;
  const failed: string[] = [];
  const bodies = new Set<string>();
  const side = async () => {
    while (!isOver) {
      const { status, text } = await ask(url);
      if (status !== 200) failed.push(text);
      else {
        ok++;
        bodies.add(text);
      }
    }
  };
  const all = Array.from({ length: sides }, side);
  try {
    await work();
  } finally {
    isOver = true;
    await Promise.all(all);
  }
  return { ok, failed, bodies: [...bodies] };
}

function ask(url: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 20_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: text.trim() }));
      response.on("error", (error) => resolve({ status: 0, text: error.message }));
    });
    request.on("timeout", () => request.destroy(new Error("no answer for 20 s")));
    request.on("error", (error) => resolve({ status: 0, text: error.message }));
  });
}
