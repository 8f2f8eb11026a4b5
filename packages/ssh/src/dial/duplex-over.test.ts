import { PassThrough, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { duplexOver } from "./duplex-over.ts";

/** The far end has hung up: what is written fails before what it said is here. */
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
  // Nor does it say that what was written came there.
  expect(await failed).toMatchObject({ code: "EPIPE" });
});

test("a write to what is gone fails, also where nobody reads", async () => {
  const { readable, stream, failed } = hungUp();
  readable.resume().destroy();
  stream.write("x");
  expect(await failed).toMatchObject({ code: "EPIPE" });
});
