import { once } from "node:events";
import { mkdir, realpath, rmdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";

let bed: ThrowAway;
beforeAll(async () => {
  bed = await startThrowAway();
  const site = (name: string, path = "") =>
    `[${name}]\nhost = ${name}.example.com\nuser = ${bed.user}\n${path && `path = ${path}\n`}`;
  await bed.write({ "hostout.cfg": `${site("shop", join(bed.home, "shop"))}${site("fleet")}` });
});
afterAll(() => bed.stop());

test("a command is run nowhere where the path of its site is not there, and in path where it is", async () => {
  const missing = await bed.hostout("shop", "run", "touch was-here; pwd");
  expect([missing.code, missing.stdout]).toEqual([
    4,
    expect.stringContaining(
      `shop.example.com: did not run: ${bed.home}/shop does not exist, or may not be entered`,
    ),
  ]);
  expect((await bed.hostout("shop", "run", "test ! -e was-here")).code).toBe(4);
  expect((await bed.hostout(`shop:path=${bed.home}`, "shop", "run", "test ! -e was-here")).code).toBe(0);
  await mkdir(join(bed.home, "shop"));
  const there = await bed.hostout("shop", "run", "pwd");
  expect([there.code, there.stdout]).toEqual([
    0,
    expect.stringContaining(`${await realpath(bed.home)}/shop\n`),
  ]);
});

test("a site without a path, for commands alone, has them run in the home folder, or in ~/buildout", async () => {
  const home = await realpath(bed.home);
  const { code, stdout } = await bed.hostout("fleet", "run", "pwd");
  expect([code, stdout]).toEqual([0, expect.stringContaining(`] ${home}\n`)]);
  const failing = await bed.hostout("fleet", "run", "exit 3");
  expect(failing.stdout).toContain("'exit 3' ended with 3");
  await mkdir(join(home, "buildout"));
  expect((await bed.hostout("fleet", "run", "pwd")).stdout).toContain(`] ${home}/buildout\n`);
  await rmdir(join(home, "buildout"));
});

test("--dry-run after the command is a word of it, which is warned of; in its place it is refused", async () => {
  const late = await bed.hostout("fleet", "run", "echo", "--dry-run");
  expect(late.stdout).toContain("] --dry-run\n");
  expect(late.stdout).toContain(
    "--dry-run is a word of the command 'echo'. For a dry run, write it before the site",
  );
  const early = await bed.hostout("fleet", "run", "--dry-run", "echo");
  expect([early.code, early.stdout]).toEqual([2, expect.stringContaining("--dry-run is no command")]);
});

test("a command that fails is told as it was written", async () => {
  const line = await bed.hostout("fleet", "run", "echo oh; exit 3");
  expect(line.stdout).toContain("fleet.example.com: 'echo oh; exit 3' ended with 3: oh");
  const dry = await bed.hostout("--dry-run", "shop", "run", "echo oh; exit 3");
  expect(dry.stdout).toContain(`] would run: echo oh; exit 3 (in ${bed.home}/shop)\n`);
  const words = await bed.hostout("shop:path=/", "shop", "run", "sh", "-c", "exit 3");
  expect(words.stdout).toContain("shop.example.com: 'sh -c 'exit 3'' ended with 3");
});

test("a path below the home of nobody, and a folder that is too long for ssh's socket, are told as such", async () => {
  const nobodys = await bed.hostout("shop:path=~nouser/x", "shop", "status");
  expect([nobodys.code, nobodys.stdout]).toEqual([
    2,
    expect.stringContaining(
      "failed: shop.example.com: 'nouser' has no home there, or it may not be entered: ~nouser/x",
    ),
  ]);
  const long = join(bed.folder, "x".repeat(90));
  await mkdir(long);
  const bin = join(dirname(dirname(import.meta.dirname)), "bin", "hostout");
  const openssh = await bed.run(
    "env",
    `TMPDIR=${long}`,
    bin,
    "fleet:transport=openssh",
    "fleet",
    "run",
    "true",
  );
  expect([openssh.code, openssh.stdout]).toEqual([
    2,
    expect.stringContaining(`ssh can make no socket in ${long}: its name would be too long`),
  ]);
});

test("{host} in verify is the address that ssh connects to, also where the site names an alias of ssh's configuration", async () => {
  const server = createServer((_request, response) => response.end("up")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { code, stdout } = await bed.hostout(
    `shop:verify=http://{host}:${port}/ 200 up`,
    "-v",
    "shop",
    "verify",
  );
  server.close();
  expect([code, stdout]).toEqual([0, expect.stringContaining(`http://127.0.0.1:${port}/ 200`)]);
});
