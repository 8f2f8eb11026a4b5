import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { definePlugin, option, type Plugin, sh, userShell } from "@hostout/kit";
import { type ContractSettings, contractOf, type FakeAnswer, testPlugin } from "@hostout/testing";
import { plugin as core } from "hostout-core";
import { plugin as pushdeploy } from "hostout-pushdeploy";

/** What the rules find fault with, each line with its rule. */
async function faultsOf(plugin: Plugin, settings: ContractSettings = {}): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { check } of contractOf(plugin, settings)) {
    await check().catch((error: Error) => found.push(...error.message.split("\n")));
  }
  return found;
}

const only = (commands: Plugin["commands"], options: Plugin["options"] = {}): Plugin => ({
  name: "p",
  options,
  commands,
});

const good = definePlugin({
  name: "good",
  options: {
    motd: option.string({ summary: "message of the day", example: "hello" }),
    token: option.secret({ summary: "what opens the door", optional: true }),
  },
  commands: {
    motd: {
      summary: "Write the message of the day",
      reads: ["motd", "path", "token"],
      idempotent: true,
      run: async ({ options, remote }) => {
        const file = `${options.path}/motd`;
        if (await remote.test(sh`test -d ${options.path} && printf %s ${options.motd} | cmp -s - ${file}`)) {
          return { status: "unchanged" };
        }
        await remote.run(["mkdir", "-p", options.path ?? ""]);
        await remote.run(["tee", file], { input: options.motd });
        await remote.run(["cat"], { input: options.token ?? "" });
      },
    },
  },
});

describe("a plugin that keeps the rules", () => {
  testPlugin(good, { onHost: () => ({}) });

  test("is found without fault", async () => {
    expect(await faultsOf(good, { onHost: () => ({}) })).toEqual([]);
  });
});

const project = "it packages a project of this machine";
const accounts = "it compares the accounts of a host with those of the site";
const packaged = "it is about what package made in the same run";
// A host on which the site never was.
const stateless: readonly FakeAnswer[] = [
  { command: /echo looked/, stdout: "looked" },
  { command: /echo end/, stdout: "end" },
];
const lock = "it takes the lock of a site, which only a real host can hold";

describe("what comes with hostout keeps the rules", () => {
  testPlugin(core, {
    args: { run: ["uptime"], sudo: ["uptime"] },
    // The file that get fetches is on the host.
    answers: [{ command: /^test -e /, status: 0 }, ...stateless],
    notRun: {
      put: "it reads a file of this machine",
      sync: "it reads a folder of this machine",
      shell: "it needs a terminal",
      ...{ package: project, deploy: project, prepare: project },
      ...{ rollout: packaged, upload: packaged, uploadeggs: packaged, uploadbuildout: packaged },
      ...{
        buildout: packaged,
        "go-live": lock,
        bootstrap: lock,
        activate: lock,
        rollback: lock,
        restart: lock,
        "restart-live": lock,
        cleanup: lock,
        pin: lock,
      },
      ...{
        setup: accounts,
        "setup-plan": accounts,
        bootstrap_users: accounts,
        bootstrap_python: accounts,
        bootstrap_buildout: accounts,
      },
    },
  });

  const rules = contractOf(core, {
    args: { run: ["uptime"], sudo: ["uptime"] },
    answers: stateless,
    onHost: () => ({}),
  });
  // pin is tried twice where there is a release: test/e2e.
  const ofReleases =
    /: (?!put|sync|shell).* (quotes what|reads the options)|: cleanup finds nothing to do when it is run twice$/;
  test.each(rules.filter(({ name }) => ofReleases.test(name)))("$name", ({ check }) => check());
});

test("each rule finds what breaks it, and says how", async () => {
  const help = only({
    work: { summary: "Work hard.", run: async () => {}, examples: ["play"], needs: ["gone"] },
  });
  expect(await faultsOf(help)).toEqual([
    "the summary of the command work ends with a full stop",
    "the example 'play' of work does not begin with it",
    "work names the option 'gone', which nobody declares",
  ]);
  const broken = { ...option.integer({ summary: "", default: "many" }) };
  expect(
    await faultsOf(
      only({ ship: { summary: "Ship", steps: ["pack", { command: "go", when: "many" }] } }, { many: broken }),
    ),
  ).toEqual(
    expect.arrayContaining([
      "many has no summary",
      "'many', which many gives as default or example, cannot be read: 'many' is no whole number",
      "ship names the command 'pack', which there is not; give the plugin that has it as 'beside'",
      "'many', on which a step of ship depends, is no boolean option of the plugin",
    ]),
  );
});

test("a dry run that changes something, or tells another story than the run, is found", async () => {
  const writes = definePlugin({
    name: "p",
    commands: {
      work: {
        summary: "Work",
        runOnce: async ({ site }) => writeFileSync(join(dirname(site.config), "left.txt"), ""),
      },
      hides: {
        summary: "Hide",
        run: async ({ remote, dryRun }) => {
          if (!dryRun) await remote.run(["rm", "-r", "all"]);
          else await remote.run(["true"]);
        },
      },
      fails: {
        summary: "Fail",
        run: async ({ remote }) => {
          if ((await remote.capture(["uname"])) !== "Linux") throw new Error("not Linux");
        },
      },
    },
  });
  expect(await faultsOf(writes)).toEqual([
    "a dry run writes the file left.txt",
    "a dry run does not show work of the run: web1: run rm -r all",
    "a dry run does not show work of the run: web2: run rm -r all",
    "a dry run shows work that the run does not do: web1: run true",
    "a dry run shows work that the run does not do: web2: run true",
    "the command fails: not Linux. Give it 'options', 'args' or 'answers', or give the reason in 'notRun'",
  ]);
  const answers = [{ command: /uname/, stdout: "Linux" }];
  expect(await faultsOf(only({ fails: writes.commands.fails! }), { answers })).toEqual([]);
});

test("a value that gets to a shell unquoted is found, in a script within a line too", async () => {
  const leaks = definePlugin({
    name: "p",
    options: {
      folder: option.path({ summary: "where", example: "/srv/x" }),
      label: option.string({ summary: "what", default: "x" }),
      lines: option.lines({ summary: "lines of the user's own", default: "true" }),
    },
    commands: {
      raw: {
        summary: "Raw",
        run: async ({ remote, options: { folder, label, lines } }) => {
          await remote.run(userShell(`ls ${folder}`));
          await remote.run(["sh", "-c", `echo ${label}`]);
          for (const line of lines) await remote.run(userShell(line));
        },
      },
      fine: {
        summary: "Fine",
        args: { who: option.string({ summary: "who" }) },
        run: async ({ remote, options: { folder, label }, args: { who } }) => {
          await remote.run(["sh", "-c", sh`ls ${`${folder}/below`} ${label}`.text], {
            cwd: folder,
            env: { LABEL: label },
          });
          await remote.test(sh`grep -F ${who} /etc/passwd`);
        },
      },
    },
  });
  const faults = await faultsOf(leaks);
  expect(faults.map((line) => line.split(":")[0])).toEqual([
    "the option folder gets to a shell unquoted",
    "the option label gets to a shell unquoted",
  ]);
});

test("secrets in command lines and output, and options read behind the back of 'reads', are found", async () => {
  const tells = definePlugin({
    name: "p",
    options: {
      token: option.secret({ summary: "what opens the door", optional: true }),
      other: option.string({ summary: "something else", default: "x" }),
    },
    commands: {
      login: {
        summary: "Log in",
        reads: ["token"],
        run: async ({ remote, options, note }) => {
          await remote.run(["curl", "-u", `me:${options.token}`]);
          note(`${options.token} ${options.other}`);
        },
      },
    },
  });
  expect(await faultsOf(tells)).toEqual([
    "a secret is in a command line, where every user of the host can read it: curl -u me:***",
    "a secret is in an event (output)",
    "the command reads the option 'other', which is not in its 'reads'",
  ]);
});

test("what says it is idempotent is run twice on a real host", async () => {
  const makes = (idempotent: boolean) =>
    definePlugin({
      name: "p",
      commands: {
        make: {
          summary: "Make",
          idempotent: true,
          run: async ({ remote, options }) => {
            const path = options.path ?? "";
            if (idempotent && (await remote.test(["test", "-d", path]))) return { status: "unchanged" };
            await remote.run(["mkdir", "-p", path]);
          },
        },
      },
    });
  expect(await faultsOf(makes(true))).toEqual([
    "the command is declared idempotent, so 'onHost' must give options for a throw-away host",
  ]);
  expect(await faultsOf(makes(true), { onHost: (home) => ({ path: `${home}/x` }) })).toEqual([]);
  expect(await faultsOf(makes(false), { onHost: (home) => ({ path: `${home}/x` }) })).toEqual([
    "its second run says 'ok' (it should find nothing to do)",
  ]);
});

test("the pushing plugin quotes and keeps secrets whatever its options hold", async () => {
  const rules = contractOf(pushdeploy, { beside: [core], options: { "staging-path": "/srv/staging" } });
  const wanted = rules.filter(({ name }) => / (quotes|keeps|help)/.test(name));
  expect(wanted.length).toBeGreaterThan(15);
  for (const { check } of wanted) await check();
});
