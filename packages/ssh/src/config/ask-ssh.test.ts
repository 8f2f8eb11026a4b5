import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askSsh } from "./ask-ssh.ts";

test("hundreds of hosts whose settings only ssh can read start few processes at a time", async () => {
  const folder = await mkdtemp(join(tmpdir(), "hostout-ask-"));
  try {
    await mkdir(join(folder, "running"));
    // In place of ssh: notes how many of it run.
    const program = `#!/bin/sh
: >${folder}/running/$$
ls ${folder}/running | wc -l >>${folder}/counts
sleep 0.05
rm ${folder}/running/$$
echo "hostname $5"
`;
    await writeFile(join(folder, "ssh"), program);
    await chmod(join(folder, "ssh"), 0o755);
    await writeFile(join(folder, "config"), "Match all\n");
    const environment = {
      HOME: folder,
      PATH: `${folder}:${process.env.PATH}`,
      HOSTOUT_SSH_CONFIG: join(folder, "config"),
    };
    const hosts = Array.from({ length: 60 }, (_, index) => `h${index}`);
    const ask = (host: string) => askSsh({ host, port: undefined, user: undefined, environment });
    const answers = await Promise.all(hosts.map(ask));
    expect(answers.map(({ values }) => values.get("hostname"))).toEqual(hosts.map((host) => [host]));
    const counts = (await readFile(join(folder, "counts"), "utf8")).trim().split("\n").map(Number);
    expect(counts).toHaveLength(60);
    expect(Math.max(...counts)).toBeLessThanOrEqual(8);
  } finally {
    await rm(folder, { recursive: true });
  }
});
