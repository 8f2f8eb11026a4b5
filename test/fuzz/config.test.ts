import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, ConfigError, editConfig, readConfig } from "@hostout/config";
import fc from "fast-check";
import { configText, setting } from "./config-texts.ts";

// HOSTOUT_FUZZ_SECONDS makes it a long run; a few hundred inputs of each kind are tried otherwise.
const seconds = Number(process.env.HOSTOUT_FUZZ_SECONDS ?? 0);
const bounds =
  seconds > 0
    ? { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: seconds * 1000 }
    : { numRuns: 500 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hostout-fuzz-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = () => readConfig("a.cfg", { folder, environment: {} });

/** All that can be asked of a configuration. Throws what is no documented error. */
function askAll(config: Config): void {
  for (const name of config.sectionNames) {
    tolerate(() => config.section(name));
    for (const option of config.raw(name).keys()) {
      tolerate(() => config.option(name, option));
      config.history(name, option);
      config.references(name, option);
    }
  }
}

function tolerate(ask: () => unknown): void {
  try {
    ask();
  } catch (error) {
    explainOrThrow(error);
  }
}

function explainOrThrow(error: unknown): void {
  if (!(error instanceof ConfigError)) throw error;
  // Telling it must not fail either.
  error.explain();
  JSON.stringify(error);
}

test(
  "any text gives a configuration or one of the documented errors",
  async () => {
    let count = 0;
    const property = fc.asyncProperty(configText, configText, async (a, b) => {
      count++;
      writeFileSync(join(folder, "a.cfg"), a);
      writeFileSync(join(folder, "b.cfg"), b);
      try {
        askAll(await read());
      } catch (error) {
        explainOrThrow(error);
      }
    });
    await fc.assert(property, bounds);
    if (seconds > 0) process.stderr.write(`${count} configurations tried, no fault found\n`);
  },
  60_000 + seconds * 2000,
);

test(
  "what is set in a file is read back, and nothing else changes",
  async () => {
    const property = fc.asyncProperty(configText, setting, async (text, { section, option, lines }) => {
      writeFileSync(join(folder, "b.cfg"), "");
      writeFileSync(join(folder, "a.cfg"), text);
      const before = await read().catch(() => undefined);
      if (!before) return;
      const value = lines.join("\n");
      const edited = editConfig(text, [`${section}:${option}=${value}`]);
      writeFileSync(join(folder, "a.cfg"), edited);
      const after = await read();
      expect(after.raw(section).get(option)).toBe(value);
      for (const name of before.sectionNames)
        for (const [key, raw] of before.raw(name))
          if (name !== section || key.replace(/ [-+]$/, "") !== option)
            expect([name, key, after.raw(name).get(key)]).toEqual([name, key, raw]);
      // Setting it again changes nothing.
      expect(editConfig(edited, [`${section}:${option}=${value}`])).toBe(edited);
    });
    await fc.assert(property, bounds);
  },
  60_000 + seconds * 2000,
);
