import { definePlugin, option } from "@hostout/kit";

/** Greets, and says before each `run` that it does. */
export const plugin = definePlugin({
  name: "hostout-example",
  options: { greeting: option.string({ summary: "what is said", default: "hello" }) },
  commands: {
    greet: {
      summary: "Say the greeting on each host",
      async run({ remote, options }) {
        await remote.run(["echo", options.greeting]);
      },
    },
    run: {
      overrides: true,
      async run({ note, options }, next) {
        note(`${options.greeting} before it runs`);
        return next();
      },
    },
  },
});
