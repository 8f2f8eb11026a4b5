import { type Process, sh } from "@hostout/kit";
import { thisMachine } from "../../../../test/bed/this-machine.ts";
import { readBytes } from "./read-bytes.ts";

/** Reads on a machine that reports the end of a command before its output, as sshd may. */
function read(meanwhile: (process: Process) => void = () => undefined): Promise<string> {
  const machine = thisMachine({
    start: (local) => async (line) => {
      const process = await local.start(line);
      meanwhile(process);
      return { ...process, exited: Promise.resolve({ code: 0 }) };
    },
  });
  const line = sh`printf one; sleep 2; printf two`;
  return readBytes({ machine, account: "login" }, line, { title: "find /srv" });
}

test("an output is read to its end, though the line stands still after the end of its command", async () => {
  expect(await read()).toBe("onetwo");
}, 20_000);

test("an output whose end does not come is refused: what is missing would be taken for removed", async () => {
  const breaks = ({ stdout }: Process) => void stdout.once("data", () => stdout.destroy());
  await expect(read(breaks)).rejects.toMatchObject({
    code: "transfer-failed",
    message: "web1: the output of 'find /srv' did not come whole",
  });
}, 20_000);
