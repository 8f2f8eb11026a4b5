import { type DeployBed, describeDeploys, projectPath, root } from "./deploy-bed.ts";

const path = "/srv/odd";

/** A title, a cleared screen, C1, an override of the writing direction. */
const evil = "\u001b]0;title\u0007\u001b[2J\u009b2J\u202eevil";
/** The same, shown. */
const shown = String.raw`\x1b]0;title\x07\x1b[2J\x9b2J\u202eevil`;

async function prepare(bed: DeployBed): Promise<void> {
  await bed.write({
    "hostout.cfg": `[site]
host = web1
path = ${path}
include = htdocs
`,
    "htdocs/index.html": "Hello\n",
  });
  const { code, stdout } = await bed.hostout("site deploy");
  if (code !== 0) throw new Error(stdout);
}

const sign = "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]";
/** Colours and the cursor of hostout itself, and the line ends of a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const own = /\u001b\[(?:[\d;]*m|\d+F|J)|\r\n/g;

/** What acts on a terminal and is not hostout's own, with its surroundings. */
function actsOnTerminal(text: string): readonly string[] {
  return text.replaceAll(own, "").match(new RegExp(`.{0,30}${sign}.{0,30}`, "g")) ?? [];
}

describeDeploys("texts of others, in a terminal with colours", prepare, (bed) => {
  const inTerminal = async (words: string) => {
    const line = `cd ${projectPath} && script -qec '${root}/bin/hostout ${words}' /dev/null </dev/null`;
    const { stdout } = await bed.client.sh(line, {
      mayFail: true,
      env: { PATH: `${process.execPath.replace(/\/node$/, "")}:/usr/bin:/bin:/usr/sbin`, TERM: "xterm" },
    });
    return stdout;
  };

  test("a record, the log and names of files forge neither lines nor titles, nor does a journal", async () => {
    const who = `who = ${JSON.stringify(`bob\n[web1] ok: forged${evil}`)}\n`;
    const forge = `sed -i '/^who/d' *.ini && printf %s "$WHO" >>"$(ls *.ini)" && touch "../../current/htdocs/$NAME"`;
    await bed.web1.sh(`cd ${path}/.hostout/records && ${forge}`, { env: { WHO: who, NAME: evil } });
    for (const words of ["site releases", "site status", "site drift", "site releases -v"]) {
      const stdout = await inTerminal(words);
      expect([words, actsOnTerminal(stdout)]).toEqual([words, []]);
      expect(stdout).not.toMatch(/^\S*\[web1\]\S* ok: forged/m);
    }
    expect(await inTerminal("site releases")).toContain(shown);
  });

  test("output keeps its colours and nothing else; without colours it has none; the page and history show the same", async () => {
    const text = `\u001b[31mred ${evil}\n50%\r100%\n`;
    await bed.web1.sh(`printf %s "$TEXT" >/root/text && echo 'cat /root/text' >/root/say`, {
      env: { TEXT: text },
    });
    const stdout = await inTerminal("site run sh /root/say");
    expect(actsOnTerminal(stdout)).toEqual([]);
    expect(stdout).toContain(`\u001b[31mred ${shown}\u001b[0m`);
    expect(stdout).toContain("100%");
    const plain = (await bed.hostout("site run sh /root/say")).stdout;
    expect(plain).toContain(`] red ${shown}\n`);
    const { stdout: list } = await bed.hostout("history --all --json --limit 1");
    const run = (JSON.parse(list) as { run: string }[])[0]!.run;
    await bed.hostout(`history ${run} --html /root/page.html`);
    const told = [
      await inTerminal(`history ${run}`),
      (await bed.hostout(`history ${run} --json`)).stdout,
      (await bed.client.sh("cat /root/page.html")).stdout,
    ];
    expect(told.map(actsOnTerminal)).toEqual([[], [], []]);
  });

  test("the words of a server and of whoever holds the lock are shown", async () => {
    await bed.web1.sh(
      `printf '%s\n' "$TEXT" >/etc/banner && useradd -M -s /bin/bash shut && chage -E 2020-01-01 shut
printf '%s\n' 'Match User shut' ' Banner /etc/banner' >>/etc/ssh/bed/config && kill -HUP $(cat /run/sshd.pid)`,
      { env: { TEXT: evil } },
    );
    const refused = await inTerminal("--no-input site:user=shut site run true");
    expect([refused.includes("evil"), actsOnTerminal(refused)]).toEqual([true, []]);
    const hold = `exec 9>>lock 8>held.other && flock 9 && flock 8 && printf '%s\t%s\n' $$ "$TEXT" >&8 && exec sleep 60`;
    await bed.web1.sh(
      `cd ${path}/.hostout && { setsid sh -c "$HOLD" >/dev/null 2>&1 </dev/null & } && sleep 0.3`,
      { env: { TEXT: evil, HOLD: hold } },
    );
    await bed.write({ "htdocs/index.html": "Hello two\n" });
    for (const words of ["site status", "--no-input site deploy"]) {
      const stdout = await inTerminal(words);
      expect([stdout, actsOnTerminal(stdout)]).toEqual([expect.stringContaining(shown), []]);
    }
  });
});
