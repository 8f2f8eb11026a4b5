import { ConfigError } from "@hostout/config";
import { reportError } from "./report-error.ts";

test("a configuration that cannot be read within a run is told with its place, and is no fault of the command", () => {
  const place = { file: "/p/buildout.cfg", line: 3 };
  const error = new ConfigError({ kind: "parse-error", message: "this line is no option", place });
  expect(reportError(error)).toMatchObject({ code: "bad-config", origin: "/p/buildout.cfg:3" });
  expect(reportError(new Error("oops")).code).toBe("internal");
});
