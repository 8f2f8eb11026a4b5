import { definePlugin } from "@hostout/kit";
import { fakeSite } from "@hostout/testing";
import { makePlan, planSignature } from "./plan.ts";

test("steps for whose end an interrupt waits, and the same steps without that, are two plans", () => {
  const signatureWith = (whole: boolean) => {
    const plugin = definePlugin({
      name: "p",
      commands: {
        swap: { summary: "Swap", run: async () => {} },
        ship: { summary: "Ship", steps: [{ steps: ["swap"], whole }] },
      },
    });
    const site = fakeSite({ plugins: [plugin] });
    const targets = [{ site, host: site.hosts[0]! }];
    return planSignature(makePlan({ targets, commands: [{ name: "ship", invocation: { args: [] } }] }));
  };
  expect(signatureWith(true)).toBe(signatureWith(true));
  expect(signatureWith(true)).not.toBe(signatureWith(false));
});
