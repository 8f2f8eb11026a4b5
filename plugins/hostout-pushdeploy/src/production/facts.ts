import { join } from "node:path";
import { type Connection, HostoutError, sh } from "@hostout/kit";
import type { OnHost } from "../options.ts";

/** The facts in which staging and production must agree. Else a build from one does not run on the other. */
interface Facts {
  /** The real path of the site, without links; empty if the folder does not exist yet. */
  readonly path: string;
  /** The system and processor: `Linux x86_64`. */
  readonly machine: string;
  /** The version that each interpreter prints, or `missing`. */
  readonly interpreters: ReadonlyMap<string, string>;
}

/** Refuses a host that differs from staging in a fact that the build depends on. Changes nothing. */
export async function compareMachines(
  context: OnHost,
  staged: string,
  production: string,
  inside: readonly string[],
): Promise<void> {
  const interpreters = await interpretersOf(context.local, staged, inside);
  const [here, there] = await Promise.all([
    factsOf(context.local, staged, interpreters),
    // The owner of the site may have put another program there.
    factsOf(context.remote.as("effective"), production, interpreters),
  ]);
  const differences = [
    ...pathDifferences(context, here, there, production),
    ...versionDifferences(here, there),
  ];
  if (differences.length === 0) return;
  const { host, remote } = context;
  throw new HostoutError({
    code: "refused",
    message: `${host.name} is not like this machine, so the build would not run there: ${differences.join("; ")}`,
    hint: "Make both alike (same path, same interpreter), or build on a machine that is like the host.",
    host: remote.name,
  });
}

function pathDifferences(
  { options }: OnHost,
  here: Facts,
  there: Facts,
  production: string,
): readonly string[] {
  const target = there.path === "" ? production : there.path;
  if (options.relocatable || here.path === target) return [];
  return [`the path is ${here.path} here and ${target} there`];
}

function versionDifferences(here: Facts, there: Facts): readonly string[] {
  const differences =
    here.machine === there.machine ? [] : [`here is ${here.machine}, there ${there.machine}`];
  for (const [interpreter, version] of here.interpreters) {
    const other = there.interpreters.get(interpreter) ?? "missing";
    if (version !== other) differences.push(`${interpreter} is ${version} here and ${other} there`);
  }
  return differences;
}

async function factsOf(
  connection: Connection,
  path: string,
  interpreters: readonly string[],
): Promise<Facts> {
  const text = await connection.capture(
    sh`(cd -- ${path} 2>/dev/null && pwd -P || echo); uname -sm; for i in ${interpreters}; do if [ -x "$i" ]; then "$i" --version 2>&1 | head -n 1; else echo missing; fi; done`,
    { quiet: true, title: `look at ${path}` },
  );
  const [realPath = "", machine = "", ...versions] = text.split("\n");
  return {
    path: realPath,
    machine,
    interpreters: new Map(
      interpreters.map((interpreter, index) => [interpreter, versions[index] ?? "missing"]),
    ),
  };
}

const shells: ReadonlySet<string> = new Set([
  "/bin/sh",
  "/bin/bash",
  "/bin/dash",
  "/usr/bin/env",
  "/usr/bin/sh",
  "/usr/bin/bash",
]);

/**
 * Returns the interpreters that the first lines of the built programs name, except shells. The push sends an
 * interpreter in a built folder, so the target of its link counts instead. Any other interpreter, as of a
 * virtual environment, must exist on the host.
 */
async function interpretersOf(
  local: Connection,
  staged: string,
  inside: readonly string[],
): Promise<readonly string[]> {
  const bin = join(staged, "bin");
  if (!inside.includes("bin")) return [];
  const lines = await local.capture(
    sh`for f in ${bin}/*; do [ -f "$f" ] && IFS= read -r line <"$f" 2>/dev/null && case $line in '#!'*) printf '%s\n' "$line";; esac; done 2>/dev/null; true`,
    { quiet: true, title: `read ${bin}` },
  );
  const isSent = (program: string) => inside.some((name) => program.startsWith(`${join(staged, name)}/`));
  const found = new Set<string>();
  for (const line of lines.split("\n")) {
    const program = /^#!\s*(\/\S+)/.exec(line)?.[1];
    if (program === undefined || shells.has(program)) continue;
    if (!isSent(program)) found.add(program);
    else {
      const target = await local.capture(["readlink", "-f", program], { quiet: true });
      if (target !== "" && !isSent(target)) found.add(target);
    }
  }
  return [...found];
}
