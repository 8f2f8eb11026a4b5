import type { ErrorCode, TargetReport } from "@hostout/kit";
import { exitCodeOf } from "./exit-code.ts";

const ok: TargetReport = { site: "x", host: "a", status: "ok" };
const failed = (code: ErrorCode): TargetReport => ({ ...ok, status: "failed", error: { code, message: "" } });

test.each([
  [[failed("usage"), failed("bad-option")], 2],
  [[failed("usage"), ok], 2],
  [[failed("usage"), failed("command-failed")], 4],
  [[failed("usage"), failed("command-failed"), ok], 3],
  [[failed("locked"), failed("locked")], 5],
])("a run of %j ends with %i", (targets, exitCode) => {
  expect(exitCodeOf(targets, false)).toBe(exitCode);
});
