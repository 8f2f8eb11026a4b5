import { type DeployBed, describeDeploys, pageOf } from "./deploy-bed.ts";

const server = "python3 -m http.server --bind 127.0.0.1";

/** A server that is started in the folder of the live release, and its stop, before which a line fails. */
const hostoutCfg = `[site]
host = web1
path = /srv/site
include = index.html
commands-as = effective
start-cmd =
    export PORT=8091
    ${server} $PORT </dev/null >/dev/null 2>&1 &
    echo $! >/tmp/server.pid
stop-cmd =
    false
    kill $(cat /tmp/server.pid) && sleep 1
verify = http://127.0.0.1:8091/ 200
verify-timeout = 15s
`;

async function prepare(bed: DeployBed): Promise<void> {
  await bed.write({ "hostout.cfg": hostoutCfg, "index.html": "one\n" });
  const { code, stdout } = await bed.hostout("site deploy");
  if (code !== 0) throw new Error(stdout);
}

describeDeploys("who answers at the port of a site", prepare, (bed) => {
  const edit = (text: string) => bed.write({ "index.html": `${text}\n` });
  const older =
    /port 8091 is answered by python3 \(process \d+ of root\), which was started before the live release/;

  test("a line of stop-cmd that fails does not drop the others: the new release answers", async () => {
    await edit("two");
    const { code, stdout } = await bed.hostout("site deploy");
    expect([code, await pageOf(bed.web1, 8091)]).toEqual([0, "two"]);
    expect(stdout).toMatch(
      /warning: the site could not be stopped: .*'false' ended with 1; the other lines are run/,
    );
    expect(stdout).not.toMatch(older);
  });

  test("a process of the old release that answers is a warning", async () => {
    await edit("three");
    // The times of processes and of switches are whole seconds.
    await bed.web1.sh("sleep 3");
    const { code, stdout } = await bed.hostout("site:stop-cmd=true site deploy");
    expect([code, stdout]).toEqual([0, expect.stringMatching(older)]);
  });

  test("a process of others that holds the port is named with its pid and user where the check fails", async () => {
    await bed.web1.sh(
      `cd / && su m3user -s /bin/sh -c '${server} 8092 </dev/null >/dev/null 2>&1 & echo $! >/tmp/other.pid'`,
    );
    const { stdout: pid } = await bed.web1.sh(
      "until [ -s /tmp/other.pid ]; do sleep 0.1; done; cat /tmp/other.pid",
    );
    await edit("four");
    const { code, stdout } = await bed.hostout(
      "site:verify=http://127.0.0.1:8092/index.html site:verify-timeout=8s site deploy",
    );
    expect([code, stdout]).toEqual([
      7,
      expect.stringMatching(
        new RegExp(
          `Port 8092 is held by python3 \\(process ${pid.trim()} of m3user\\), which does not run from /srv/site`,
        ),
      ),
    ]);
  });
});
