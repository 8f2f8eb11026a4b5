import net from "node:net";

/** Whether an ssh server answers there, within a second. */
export function answers(host: string, port: number): Promise<boolean> {
  return new Promise((tell) => {
    const socket = net.connect({ host, port });
    const end = (yes: boolean) => {
      socket.destroy();
      tell(yes);
    };
    socket.setTimeout(1000, () => end(false));
    socket.once("data", () => end(true));
    socket.once("error", () => end(false));
  });
}
