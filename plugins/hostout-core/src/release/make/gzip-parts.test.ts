import { randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { gzipParts } from "./gzip-parts.ts";

const text = Buffer.alloc(1_000_000, "what is packed well\n");
const packed = randomBytes(1_000_000);

const sizesOf = async (...parts: readonly Buffer[]) => {
  const sent: Buffer[] = [];
  async function* given() {
    yield* parts;
  }
  for await (const part of gzipParts(given())) sent.push(part);
  expect(gunzipSync(Buffer.concat(sent)).equals(Buffer.concat(parts))).toBe(true);
  return sent.map(({ length }) => length);
};

test("parts are one file, in their order; what packs is packed, what does not is stored", async () => {
  const [first = 0, second = 0, third = 0, ...more] = await sizesOf(text, packed, text);
  expect([first < 10_000, second > packed.length, second < packed.length * 1.001, third, more]).toEqual([
    true,
    true,
    true,
    first,
    [],
  ]);
});

test("many small parts", async () => {
  expect(await sizesOf(...Array.from({ length: 50 }, (_, index) => Buffer.from(String(index))))).toHaveLength(
    50,
  );
});
