import { ConfigError } from "@hostout/config";
import { reportError } from "./report-error.ts";

test("a configuration that cannot be read within a run is told with its place, and is no fault of the command", () => {
  const place = { file: "/p/buildout.cfg", line: 3 };
  const error = new ConfigError({ kind: "parse-error", message: "this line is no option", place });
  expect(reportError(error)).toMatchObject({ code: "bad-config", origin: "/p/buildout.cfg:3" });
  expect(reportError(new Error("oops")).code).toBe("internal");
});

test("a full disk of this machine is no fault of the command", () => {
  const message = "ENOSPC: no space left on device, mkdtemp '/tmp/x'";
  expect(reportError(Object.assign(new Error(message), { code: "ENOSPC" }))).toEqual({
    code: "disk-full",
    message: `no room is left on this machine: ${message}`,
    hint: "Free space there, or name another folder in TMPDIR.",
  });
});
