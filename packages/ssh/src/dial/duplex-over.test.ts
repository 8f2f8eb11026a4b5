import { PassThrough, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { duplexOver } from "./duplex-over.ts";

/** A far end that has hung up: a write fails before the last bytes from there arrive. */
function hungUp() {
  const readable = new PassThrough();
  const writable = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error("broken"), { code: "EPIPE" })),
  });
  const stream = duplexOver(readable, writable, () => undefined);
  const failed = new Promise<Error>((resolve) => void stream.once("error", resolve));
  return { readable, stream, failed };
}

test("what the far end said before it hung up is read, though a write fails first", async () => {
  const { readable, stream, failed } = hungUp();
  const said = text(stream);
  stream.write("x");
  setTimeout(() => readable.end("bye"), 20);
  expect(await said).toBe("bye");
  // The stream does not claim that the written bytes arrived either.
  expect(await failed).toMatchObject({ code: "EPIPE" });
});

test("a write to what is gone fails, also where nobody reads", async () => {
  const { readable, stream, failed } = hungUp();
  readable.resume().destroy();
  stream.write("x");
  expect(await failed).toMatchObject({ code: "EPIPE" });
});
