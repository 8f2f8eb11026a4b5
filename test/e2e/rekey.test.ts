import { execFileSync } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describeUnless } from "../bed/describe-with.ts";
import { sumOf, writeBlocks } from "../bed/large-file.ts";
import { type OpenHost, openHost, whyNoHost } from "../bed/open-host.ts";

/** Size of the file that is sent. `HOSTOUT_REKEY_MB=5000` for a real one. */
const sizeMb = Number(process.env.HOSTOUT_REKEY_MB ?? 4);
const timeoutMs = 120_000 + sizeMb * 3000;

describeUnless(whyNoHost("sshd"), "a server that renews its keys after each MiB and every 10 s", () => {
  describe.each(["node-ssh", "openssh"] as const)("over %s", (transport) => {
    let host: OpenHost;
    const at = (name: string) => join(host.home, name);
    beforeAll(async () => {
      host = await openHost({ kind: "sshd", transport, options: ["RekeyLimit 1M 10s"] });
      await writeBlocks(at("local"), sizeMb);
    });
    afterAll(() => host.close());

    test(
      "gets a file whole and gives it back whole, over one login",
      async () => {
        const sum = await sumOf(at("local"));
        await host.remote.upload(at("local"), at("there"));
        expect(await sumOf(at("there"))).toBe(sum);
        await host.remote.download(at("there"), at("back"));
        expect([await sumOf(at("back")), (await stat(at("back"))).size]).toEqual([sum, sizeMb * 1024 * 1024]);
        expect(await host.logins()).toBe(1);
      },
      timeoutMs,
    );

    test(
      "gets a tree by rsync, while other commands run",
      async () => {
        execFileSync("sh", [
          "-c",
          'mkdir "$1" && split -b 512k "$2" "$1/part"',
          "sh",
          at("tree"),
          at("local"),
        ]);
        const others = Array.from({ length: 4 }, () =>
          host.remote.capture(["sh", "-c", "yes | head -c 3000000 | wc -c"]),
        );
        await host.remote.sync({ direction: "push", local: at("tree"), remote: at("tree-there") });
        expect(await Promise.all(others)).toEqual(Array.from({ length: 4 }, () => "3000000"));
        execFileSync("diff", ["-r", at("tree"), at("tree-there")]);
      },
      timeoutMs,
    );
  });
});
