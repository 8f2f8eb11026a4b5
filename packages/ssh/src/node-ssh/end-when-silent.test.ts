import { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { endWhenSilent } from "./end-when-silent.ts";

const makeSocket = () => new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });

test("a host that says something now and then is kept, one of which nothing is heard any more is given up", async () => {
  const socket = makeSocket();
  const failed = new Promise<Error>((told) => socket.once("error", told));
  endWhenSilent(socket, 20);
  for (let times = 0; times < 10; times++) {
    await sleep(30);
    socket.push("window adjusted");
  }
  expect(socket.destroyed).toBe(false);
  expect((await failed).message).toBe("the server sends nothing any more");
  expect(socket.destroyed).toBe(true);
});
