import { existsSync, mkdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { parseRecord } from "@hostout/releases";
import { machineConnection } from "../../../packages/ssh/src/machine-connection.ts";
import { thisMachine } from "../../bed/this-machine.ts";
import type { SharedHost } from "./line.ts";

/** A host whose site is in a folder here, the home of who logs in: its scripts are run by the shell of this machine. */
export function realHost(
  name: string,
  home: string,
  labelOf: (hash: string | undefined) => string | undefined,
): SharedHost {
  mkdirSync(home);
  const path = join(home, "site");
  const machine = thisMachine({ name, environment: { HOME: home } });
  const labelOfRelease = (release: string) => {
    for (const kind of ["ini", "failed"]) {
      const file = join(path, ".hostout/records", `${release}.${kind}`);
      if (existsSync(file)) return labelOf(parseRecord(release, readFileSync(file, "utf8")).package);
    }
    return undefined;
  };
  return {
    name,
    connection: machineConnection(machine, machine, undefined),
    labelOf: labelOfRelease,
    switchers: () => {
      const log = join(path, ".hostout/served.log");
      if (!existsSync(log)) return [];
      const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
      return lines.map((line) => line.split("\t")[2] ?? "");
    },
    live: () => {
      let target: string;
      try {
        target = readlinkSync(join(path, "current"));
      } catch {
        return undefined;
      }
      const release = target.replace(/^releases\//, "");
      const is = readFileSync(join(path, target, "label"), "utf8");
      if (is !== labelOfRelease(release)) throw new Error(`${target} is of ${is}`);
      return release;
    },
  };
}
