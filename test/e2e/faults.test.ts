import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { projectPath, type SeedBed, sitePath, startSeedBed } from "./seed-bed.ts";

describeUnless(whyNoBed(), "faults on real hosts", () => {
  let bed: SeedBed;
  beforeAll(async () => {
    bed = await startSeedBed();
    await bed.hostout("first-site checkout /srv/repository");
    const { stdout, code } = await bed.hostout("first-site stage deploy");
    if (code !== 0) throw new Error(stdout);
  });
  afterAll(() => bed?.stop());

  const servedFiles = async () =>
    (
      await bed.web1.sh(
        `cd ${sitePath} && find -L bin parts eggs -type f ! -name '*.pyc' -exec sha256sum {} + | sort`,
      )
    ).stdout;
  const ask = `python3 -c 'import urllib.request as u; print(u.urlopen("http://127.0.0.1:8081/").read().decode())'`;
  const served = async () =>
    (await bed.web1.sh(`for i in 1 2 3 4 5 6 7 8; do ${ask} 2>/dev/null && exit; sleep 0.3; done`)).stdout;
  /** Runs hostout, and sees that the site still serves what it served, that nothing was left, and that no trace was shown. */
  const failing = async (words: string, env: Readonly<Record<string, string>> = {}) => {
    const before = await servedFiles();
    const finished = await bed.hostout(words, { env });
    expect(`${finished.stdout}${finished.stderr}`).not.toMatch(/^\s+at .*\.(ts|js):\d+/m);
    expect(await servedFiles()).toBe(before);
    expect(await served()).toContain("revision one on web1");
    return finished;
  };
  const change = () => bed.staging.sh(`date +%s%N >${sitePath}/parts/changed`);

  test("a missing file, an unknown site, command or option value, and a bad host: one message, exit 2, no login", async () => {
    const before = await bed.web1.logins();
    const cases: readonly (readonly [string, RegExp])[] = [
      ["-c nowhere.cfg all stage", /there is no \/srv\/project\/nowhere\.cfg/],
      ["first-sit stage", /no site 'first-sit'[\s\S]*Did you mean 'first-site'/],
      ["first-site stge", /no command 'stge'[\s\S]*Did you mean 'stage'/],
      ["first-site:remote-sudo=perhaps first-site stage", /'perhaps' is neither true nor false/],
      ["'first-site:host=a b:99999' first-site stage", /'b:99999' is not a host/],
      ["first-site:restart= first-site deploy", /has no option 'restart'/],
      ["'!all' stage", /no site is left/],
    ];
    for (const [words, message] of cases) {
      const { code, stderr } = await bed.hostout(words);
      expect([words, code]).toEqual([words, 2]);
      expect(stderr).toMatch(message);
    }
    expect(await bed.web1.logins()).toBe(before);
  });

  test("a host that is down is told apart: exit 6", async () => {
    await bed.web1.fault("sshd-stop");
    const { code, stdout } = await bed.hostout("first-site push");
    await bed.web1.fault("sshd-start");
    expect(code).toBe(6);
    expect(stdout).toContain("example.com cannot be reached (example.com port 22): nothing listens there");
  });

  test("an unknown host key is refused without a terminal, a changed one always", async () => {
    await bed.staging.sh("cp .ssh/known_hosts .ssh/kept && : >.ssh/known_hosts");
    const unknown = await failing("first-site push");
    await bed.staging.sh(
      "sed 's/^web1,example.com,/other,/; s/^web2,another-example.com,/web1,example.com,/' .ssh/kept >.ssh/known_hosts",
    );
    const changed = await failing("first-site push");
    await bed.staging.sh("cp .ssh/kept .ssh/known_hosts && ssh-keygen -q -H -f .ssh/known_hosts");
    const hashed = await bed.hostout("first-site run true");
    expect(unknown.code).toBe(6);
    expect(unknown.stdout).toMatch(/its key is not known: SHA256:/);
    expect(changed.code).toBe(6);
    expect(changed.stdout).toMatch(/its key is not the one in \/root\/\.ssh\/known_hosts:\d+: now SHA256:/);
    expect(hashed.code).toBe(0);
  });

  test("a wrong key is refused by the host: exit 6, and what to look at", async () => {
    await bed.staging.sh("mv .ssh/id_ed25519 .ssh/away && ssh-keygen -q -t ed25519 -N '' -f .ssh/id_ed25519");
    const { code, stdout } = await failing("first-site push");
    await bed.staging.sh("mv .ssh/away .ssh/id_ed25519");
    expect(code).toBe(6);
    expect(stdout).toContain("does not let root log in");
    expect(stdout).toContain("identity-file");
  });

  test("sudo works without a password and with one, and is refused by name where there is no right", async () => {
    const as = (user: string, more = "") =>
      `first-site:user=${user} first-site:remote-sudo=true ${more} first-site`;
    await change();
    expect((await bed.hostout(`${as("deploy")} push`)).stdout).toContain("] ok: ");
    await change();
    const admin = await bed.hostout(`${as("admin", "first-site:password=admin")} --json push`);
    expect(admin.stdout).toMatch(/"exitCode":0/);
    expect(admin.stdout).not.toContain('"admin"');
    const wrong = await failing(`${as("admin", "first-site:password=wrong")} push`);
    const nobody = await failing(`${as("admin")} push`);
    const none = await failing(`${as("nosudo", "first-site:password=x")} push`);
    expect([wrong.code, nobody.code, none.code]).toEqual([4, 4, 4]);
    expect(wrong.stdout).toContain("admin cannot become root on example.com");
    expect(nobody.stdout).toContain("there is nobody to ask");
    expect(none.stdout).toContain("nosudo cannot become root on example.com");
    expect((await bed.web1.sh(`find -L ${sitePath}/bin ${sitePath}/parts ! -user zope`)).stdout).toBe("");
  });

  test("resume looks at the host with the password that a reference names", async () => {
    await change();
    await bed.staging.sh(
      `printf '%s\\n' '[buildout]' 'extends = buildout.cfg' '[first-site]' 'user = admin' 'remote-sudo = true' 'password = secret:env:SUDO_WORD' 'restart = false' >${projectPath}/secret.cfg`,
    );
    const env = { SUDO_WORD: "admin" };
    const first = await bed.hostout("-c secret.cfg first-site deploy", { env });
    const resumed = await bed.hostout("-c secret.cfg resume", { env });
    // It came past the look: the release itself is one that failed.
    expect([first.code, resumed.code, resumed.stdout + resumed.stderr]).toEqual([
      4,
      4,
      expect.stringMatching(/the release \S+ failed and was rolled back; \S+ stays live/),
    ]);
  });

  test("a full disk leaves the served site whole", async () => {
    await bed.staging.sh(`head -c 30000000 /dev/urandom >${sitePath}/parts/big`);
    await bed.web1.fault("full");
    const { code, stdout } = await failing("first-site deploy");
    await bed.web1.fault("free");
    await bed.staging.sh(`rm ${sitePath}/parts/big`);
    expect(code).toBe(4);
    expect(stdout).toMatch(/No space left|disk is full/);
    expect(stdout).toContain("Free space");
    expect(stdout).not.toContain("] restart ");
    expect((await bed.hostout("first-site push")).code).toBe(0);
  });

  test("a connection that breaks half way leaves the served site whole, and nothing is restarted", async () => {
    await bed.staging.sh(
      `head -c 90000000 /dev/zero | tr '\\0' x >${sitePath}/parts/big; dd if=/dev/urandom of=${sitePath}/parts/big2 bs=1M count=60 2>/dev/null`,
    );
    const before = await servedFiles();
    let isOver = false;
    const pushing = bed.hostout("first-site deploy").finally(() => {
      isOver = true;
    });
    while (!isOver) {
      const { stdout } = await bed.web1.sh(
        `cd ${sitePath}/releases && for r in *; do [ -e ../.hostout/records/$r.ini ] || [ -e ../.hostout/records/$r.failed ] || du -sk $r | cut -f1; done`,
        { mayFail: true },
      );
      if (Number(stdout) > 3000) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await bed.web1.fault("drop");
    const { code, stdout } = await pushing;
    await bed.staging.sh(`rm ${sitePath}/parts/big ${sitePath}/parts/big2`);
    expect(code).toBe(6);
    expect(stdout).toContain("broke");
    expect(stdout).not.toContain("] restart ");
    expect(await servedFiles()).toBe(before);
    expect(await served()).toContain("revision one on web1");
    expect((await bed.hostout("first-site deploy")).code).toBe(0);
  });

  test("a restart that fails names the host and the command, and what was served before is live again: exit 4", async () => {
    await change();
    const { code, stdout } = await failing(
      "'first-site:restart=supervisorctl restart no-such-group:*' first-site deploy",
    );
    expect(code).toBe(4);
    expect(stdout).toMatch(
      /\[example\.com\] .*failed.*: example\.com: 'set -f; supervisorctl restart no-such-group:\*' ended with 2/,
    );
  });

  test("where one host of two cannot be reached the other does its work, and the exit code says so", async () => {
    await bed.web2.fault("sshd-stop");
    const { code, stdout } = await bed.hostout("all run true");
    await bed.web2.fault("sshd-start");
    expect(stdout).toContain("[another-example.com] unreachable");
    expect(stdout).toContain("[example.com] ok");
    expect(code).toBe(6);
  });

  test("Ctrl-C ends what runs and exits with 130", async () => {
    const { code, stderr } = await bed.interrupted("first-site run 'sleep 77'", 1500);
    expect(code).toBe(130);
    expect(stderr).toContain("stopping; press Ctrl-C again");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await bed.web1.sh("pgrep -f 'sleep 7[7]'", { mayFail: true })).stdout).toBe("");
  });

  test("a dry run asks the hosts and changes nothing", async () => {
    await change();
    const before = await servedFiles();
    const { code, stdout } = await bed.hostout("--dry-run first-site deploy");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`would send: ${sitePath}/parts -> ${sitePath}/releases/\\S+Z-\\S+/parts$`, "m"),
    );
    expect(stdout).toContain("would run: set -f; supervisorctl restart first-site:*");
    expect(await servedFiles()).toBe(before);
  });
});
