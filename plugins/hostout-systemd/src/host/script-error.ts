import { HostoutError, isHostoutError } from "@hostout/kit";
import type { OnHost } from "../options.ts";
import { exits } from "./scripts.ts";

/** Returns the error of a script of this plugin by its exit status, or `error` itself if it is of another kind. */
export function scriptError({ host, site }: OnHost, error: unknown): unknown {
  if (!isHostoutError(error) || error.code !== "command-failed") return error;
  const said = error.message.replace(/^[\s\S]*? ended with \d+: /, "").split("\n");
  const told = tellingOf(error.status, said, site.name);
  if (!told) return error;
  return new HostoutError({
    code: error.status === exits.foreignUnit ? "refused" : "command-failed",
    message: `${host.name}: ${told.message}`,
    hint: told.hint,
    host: host.name,
    status: error.status,
    cause: error,
  });
}

function tellingOf(
  status: number | undefined,
  said: readonly string[],
  site: string,
): { readonly message: string; readonly hint: string } | undefined {
  switch (status) {
    case exits.refusedUnit:
      return {
        message: `systemd-analyze refuses the units, so none was installed: ${said.join("; ")}`,
        hint: "Correct the line of service, schedule, socket or service-options, then deploy again.",
      };
    case exits.foreignUnit:
      return foreignUnit(said.at(-1) ?? "a unit");
    case exits.notUp: {
      const journal = said.slice(0, -1).join("\n");
      return {
        message: `${said.at(-1)}${journal === "" ? "" : `; its last lines:\n${journal}`}`,
        hint: `Read its journal: hostout ${site} logs`,
      };
    }
    default:
      return undefined;
  }
}

/** Explains a unit file that hostout did not make for this site. */
export function foreignUnit(place: string): { readonly message: string; readonly hint: string } {
  return {
    message: `${place} is a unit that hostout did not make for this site, so hostout leaves it as it is`,
    hint: "Give the service another name (service = NAME = COMMAND), or remove that unit on the host.",
  };
}
