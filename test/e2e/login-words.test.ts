import { createHmac } from "node:crypto";
import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openConnections } from "@hostout/ssh";
import { fakeSite } from "@hostout/testing";
import { type Bed, startBed, whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { runProgram } from "../bed/run-program.ts";

const output = { line: () => {}, progress: () => {}, mark: "run.test" };

/** Of the account `totp`, in base 32 and in bytes. */
const secret = { text: "JBSWY3DPEHPK3PXP", bytes: Buffer.from("48656c6c6f21deadbeef", "hex") };

/** The code of this half minute (RFC 6238). */
function code(): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", secret.bytes).update(counter).digest();
  const number = hash.readUInt32BE(hash.at(-1)! & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** Debian's libpam-google-authenticator. */
const hasTotp = readdirSync("/lib", { withFileTypes: true })
  .filter((entry) => entry.name.includes("linux"))
  .some(
    (entry) =>
      readdirSync(`/lib/${entry.name}`).includes("security") &&
      readdirSync(`/lib/${entry.name}/security`).includes("pam_google_authenticator.so"),
  );

const accounts = `set -e
for user in totp both expired renew closed warned odd; do useradd -M -s /bin/bash $user; mkdir -p /home/$user/.ssh; cp /root/.ssh/authorized_keys /home/$user/.ssh/; chown -R $user: /home/$user; done
rm /home/warned/.ssh/authorized_keys
printf 'totp:word\\nboth:word\\nrenew:word\\n' | chpasswd
chage -E 2020-01-01 expired
chage -d 0 renew
usermod -s /usr/sbin/nologin closed
echo 'Only by the gate host.' >/etc/gate
printf '%s\\n" WINDOW_SIZE 17\\n" TOTP_AUTH\\n' ${secret.text} >/home/totp/.google_authenticator
chmod 400 /home/totp/.google_authenticator; chown totp: /home/totp/.google_authenticator
cp /home/totp/.google_authenticator /home/both/; chown both: /home/both/.google_authenticator
printf '%s\\n' 'auth required pam_unix.so' 'auth required pam_google_authenticator.so nullok' 'account required pam_unix.so' 'session required pam_unix.so' >/etc/pam.d/sshd-totp
sed 's/^auth required pam_unix.so//' /etc/pam.d/sshd-totp >/etc/pam.d/sshd-code
printf '%s\\n' 'Match User admin' ' AuthenticationMethods publickey,password' 'Match User warned' ' Banner /etc/gate' 'Match User odd' ' AuthenticationMethods publickey,hostbased' >>/etc/ssh/bed/config
sed -e 1,8b -e d /etc/ssh/bed/config >/etc/ssh/bed/totp
printf '%s\\n' 'PidFile none' 'KbdInteractiveAuthentication yes' 'Match User totp' ' AuthenticationMethods publickey,keyboard-interactive' 'Match User both' ' AuthenticationMethods keyboard-interactive' >>/etc/ssh/bed/totp
sed -i /run.sshd.pid/d /etc/ssh/bed/totp
cp /usr/sbin/sshd /usr/sbin/sshd-totp; cp /usr/sbin/sshd /usr/sbin/sshd-code
/usr/sbin/sshd-totp -p 2201 -f /etc/ssh/bed/totp -E /var/log/totp.log
/usr/sbin/sshd-code -p 2202 -f /etc/ssh/bed/totp -E /var/log/code.log
kill -HUP $(cat /run/sshd.pid)`;

describeUnless(whyNoBed(), "the words of a server", () => {
  let bed: Bed;
  let home: string;
  beforeAll(async () => {
    bed = await startBed({ hosts: { web1: [] } });
    home = await mkdtemp(join(tmpdir(), "hostout-words-"));
    await bed.host("web1").sh(accounts);
    await writeFile(join(home, "id"), (await bed.host("web1").sh("cat .ssh/id_ed25519")).stdout, {
      mode: 0o600,
    });
    const key = (await bed.host("web1").sh("cut -d' ' -f1,2 /etc/ssh/bed/host-key.pub")).stdout.trim();
    const { address } = bed.host("web1");
    await writeFile(join(home, "known"), `${address},[${address}]:2201,[${address}]:2202 ${key}\n`);
    await writeFile(join(home, "config"), `IdentityFile ${home}/id\nUserKnownHostsFile ${home}/known\n`);
  });
  afterAll(async () => {
    await bed?.stop();
    if (home) await rm(home, { recursive: true });
  });

  interface Trial {
    readonly user: string;
    readonly port?: number;
    readonly password?: string;
    /** By what a question has in it. */
    readonly answers?: Readonly<Record<string, () => string>>;
    readonly command?: readonly string[];
  }

  /** What a command comes to, and what was asked. */
  const login = async (
    transport: string,
    { user, port = 22, password, answers, command = ["id", "-un"] }: Trial,
  ) => {
    const asked: string[] = [];
    const { SSH_AUTH_SOCK, ...env } = process.env;
    const connections = openConnections({
      dryRun: false,
      ask: answers && {
        secret: async (question: string) => {
          asked.push(question.replaceAll(bed.host("web1").address, "ADDRESS"));
          return Object.entries(answers).find(([words]) => question.includes(words))?.[1]() ?? "";
        },
        confirm: async () => false,
      },
      signal: new AbortController().signal,
      environment: { ...env, HOME: home, HOSTOUT_SSH_CONFIG: join(home, "config") },
    });
    const options = { transport, ...(password !== undefined && { password }) };
    const host = { name: "web1", address: bed.host("web1").address, port, user };
    const said = await connections
      .remote(fakeSite({ plugins: [], options }), host, output)
      .capture(command)
      .catch((error: unknown) => error);
    await connections.close();
    return { said, asked };
  };

  /** What ssh itself comes to, where a program answers what it asks: its status, and all that it said. */
  const bySsh = async (user: string, port: number, answers: Readonly<Record<string, string>> = {}) => {
    const askpass = join(home, "askpass");
    const cases = Object.entries(answers).map(
      ([words, answer]) => `*${JSON.stringify(words)}*) echo ${answer} ;;`,
    );
    await writeFile(askpass, `#!/bin/sh\ncase $1 in ${cases.join(" ")} *) exit 1 ;; esac\n`, { mode: 0o755 });
    const { SSH_AUTH_SOCK, ...env } = process.env;
    const words = [
      "-F",
      join(home, "config"),
      "-p",
      String(port),
      `${user}@${bed.host("web1").address}`,
      "id -un",
    ];
    const { code, stdout, stderr } = await runProgram("ssh", words, {
      env: { ...env, SSH_AUTH_SOCK: undefined, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: "force" },
    });
    return { isIn: code === 0, said: `${stdout}${stderr}` };
  };

  test("ssh itself is let in and refused as hostout is, and says the same", async () => {
    expect(await bySsh("admin", 22, { assword: "admin" })).toMatchObject({ isIn: true });
    expect(await bySsh("admin", 22)).toMatchObject({ isIn: false });
    if (hasTotp) {
      expect(await bySsh("totp", 2202, { "Verification code": code() })).toMatchObject({ isIn: true });
      const both = { assword: "word", "Verification code": code() };
      expect(await bySsh("both", 2201, both)).toMatchObject({ isIn: true });
    }
    const refusals = [
      ["expired", "Your account has expired"],
      ["closed", "This account is currently not available"],
      ["renew", "Password change required"],
      ["warned", "Only by the gate host."],
      ["odd", "no authentication methods enabled"],
    ] as const;
    for (const [user, words] of refusals)
      expect(await bySsh(user, 22)).toEqual({ isIn: false, said: expect.stringContaining(words) });
  });

  describe.each(["node-ssh", "openssh"])("over %s", (transport) => {
    test("a login that needs a key and a password gets both, the password from the option or the user", async () => {
      expect(await login(transport, { user: "admin", password: "admin" })).toEqual({
        said: "admin",
        asked: [],
      });
      const typed = await login(transport, { user: "admin", answers: { assword: () => "admin" } });
      expect([typed.said, typed.asked.length]).toEqual(["admin", 1]);
      const none = await login(transport, { user: "admin" });
      expect(none.said).toMatchObject({ code: "login-refused" });
    });

    (hasTotp ? test : test.skip)("a code of one time is asked for in the server's words", async () => {
      const answers = { "Verification code": code };
      const one = await login(transport, { user: "totp", port: 2202, answers });
      expect(one.said).toBe("totp");
      expect(one.asked).toEqual([expect.stringMatching(/\(totp@\S+\) Verification code$/)]);
      const both = await login(transport, { user: "both", port: 2201, password: "word", answers });
      expect(both.said).toBe("both");
      expect(both.asked).toEqual([expect.stringMatching(/\(both@\S+\) Verification code$/)]);
      const typed = await login(transport, {
        user: "both",
        port: 2201,
        answers: { ...answers, assword: () => "word" },
      });
      expect([typed.said, typed.asked.length]).toEqual(["both", 2]);
    });

    test.each([
      ["an account that has expired", "expired", "login-refused", "Your account has expired", "user = NAME"],
      [
        "an account whose shell is nologin",
        "closed",
        "refused",
        "This account is currently not available",
        "usermod -s",
      ],
      ["a password that has expired", "renew", "refused", "Password change required", "passwd"],
      ["a banner above a refusal", "warned", "login-refused", "Only by the gate host.", ""],
      [
        "why the server hangs up",
        "odd",
        "login-refused",
        "no authentication methods enabled",
        "administrator",
      ],
    ])("%s is told in the server's words", async (_what, user, expected, words, hint) => {
      const { said } = await login(transport, { user });
      expect(said).toMatchObject({
        code: expected,
        message: expect.stringContaining(words),
        hint: expect.stringContaining(hint),
      });
    });

    test("what /etc/nologin says is told", async () => {
      await bed.host("web1").sh("echo 'Down until noon.' >/etc/nologin");
      const { said } = await login(transport, { user: "deploy" });
      await bed.host("web1").sh("rm /etc/nologin");
      expect(said).toMatchObject({
        code: "login-refused",
        message: expect.stringContaining("it said 'Down until noon."),
      });
    });

    test("a command that a signal ended is told as that, and answers no question", async () => {
      const command = ["sh", "-c", "kill -TERM $$"];
      const { said } = await login(transport, { user: "root", command });
      expect(said).toMatchObject({ status: 143, message: expect.stringContaining("143 (killed by TERM)") });
    });
  });
});
