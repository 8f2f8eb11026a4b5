import { definePlugin, option, sh } from "@hostout/kit";

// What must not compile. Where one of these lines compiles after all, tsc fails for want of the error, and so do the tests.
const options = {
  retries: option.integer({ summary: "how often", default: "3" }),
  label: option.string({ summary: "what it is called", optional: true }),
  mode: option.choice(["fast", "safe"], { summary: "how", default: "safe" }),
  loud: option.boolean({ summary: "tell more", default: "no" }),
};

definePlugin({
  name: "a-wrong-option",
  options,
  commands: {
    work: {
      summary: "Work",
      run: async ({ options: { retries, label, mode, ...others } }) => {
        const count: number = retries;
        const name: string | undefined = label;
        // @ts-expect-error -- it may be unset
        const surely: string = label;
        // @ts-expect-error -- the plugin declares no such option
        const other = others.retrys;
        // @ts-expect-error -- "slow" is none of the choices
        const isSlow = mode === "slow";
        return { status: "ok", value: [count, name, surely, other, isSlow] };
      },
    },
  },
});

definePlugin({
  name: "names-in-declarations",
  options,
  commands: {
    // @ts-expect-error -- needs names an option that is not declared
    needing: { summary: "s", needs: ["labell"], run: async () => {} },
    // @ts-expect-error -- so does a condition
    composed: { summary: "s", steps: [{ command: "work", when: "lowd" }] },
    // @ts-expect-error -- and what it says it reads
    reading: { summary: "s", reads: ["retrys"], run: async () => {} },
    fine: { summary: "s", needs: ["label"], reads: ["retries", "path"], run: async () => {} },
  },
});

definePlugin({
  name: "forms",
  commands: {
    once: {
      summary: "Once for a site, where there is no one host",
      // @ts-expect-error -- no `remote` in runOnce
      runOnce: async ({ hosts, remote }) => ({ status: "ok", value: [hosts, remote] }),
    },
    // @ts-expect-error -- one form, not two
    both: { summary: "s", run: async () => {}, steps: ["once"] },
    worse: {
      summary: "s",
      // @ts-expect-error -- a status that there is not
      run: async () => ({ status: "fine" }),
    },
  },
});

definePlugin({
  name: "commands",
  commands: {
    work: {
      summary: "Run",
      args: {
        keep: option.integer({ summary: "how many" }),
        force: option.flag({ summary: "all the same" }),
      },
      run: async ({ remote, args }) => {
        const keep: number = args.keep;
        const force: boolean = args.force;
        // @ts-expect-error -- no such argument
        args.keeps;
        await remote.run(["ls", `${keep}${force}`]);
        await remote.run(sh`ls ${keep}`);
        // @ts-expect-error -- a bare string is neither quoted nor trusted
        await remote.run("ls -l");
        // @ts-expect-error -- words are text
        await remote.run(["ls", keep]);
        // @ts-expect-error -- no such account
        remote.as("administrator");
      },
    },
  },
});

// @ts-expect-error -- an option without a word of help
option.string({});

test("what compiles is what it was given", () => {
  const plugin = definePlugin({ name: "p", options, commands: {} });
  expect(plugin).toEqual({ name: "p", options, commands: {} });
});
