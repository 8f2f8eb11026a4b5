import { option } from "@hostout/kit";

/** Of each plugin that makes releases. */
export const keepOption = option.integer({
  summary: "how many releases that were served clean-up leaves",
  default: "5",
});
