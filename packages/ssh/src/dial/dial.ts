import type { Duplex } from "node:stream";
import type { Destination } from "@hostout/kit";
import type { Machine } from "../command/machine.ts";
import { interruption } from "../process/until-end.ts";

/** Opens a TCP connection from a machine. The end of the run destroys the connection. */
export async function dial(machine: Machine, to: Destination): Promise<Duplex> {
  const { signal } = machine;
  if (signal.aborted) throw interruption();
  check(to);
  const opening = machine.transport().then((transport) => transport.dial(to, signal));
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(interruption());
      // A connection that opens all the same has no owner to close it.
      opening.then(
        (stream) => stream.destroy(interruption()),
        () => undefined,
      );
    };
    const forget = () => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort, { once: true });
    opening.then(
      (stream) => {
        stream.once("close", forget);
        resolve(stream);
      },
      (reason) => {
        forget();
        reject(reason);
      },
    );
  });
}

function check({ address, port }: Destination): void {
  if (!/^[\w.:%][\w.:%-]*$/.test(address)) throw new TypeError(`'${address}' is no name or address`);
  if (!(Number.isInteger(port) && port >= 1 && port <= 65535)) throw new TypeError(`${port} is no port`);
}
