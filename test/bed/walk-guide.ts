import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runProgram } from "./run-program.ts";

const docs = join(dirname(dirname(import.meta.dirname)), "docs");

export interface Walk {
  /** Below `docs`. */
  readonly guide: string;
  /** Where the files of the guide are written, told as /srv/project. */
  readonly folder: string;
  /** Runs a line of a console in a folder; gives what it writes, stderr too, and its exit status. */
  readonly run: (
    line: string,
    cwd: string,
  ) => Promise<{ readonly output: string; readonly status: number | null }>;
  /** What is written, or run, in the place of a file's text or a line. */
  readonly adapt?: (text: string) => string;
  /** Takes out of what is shown, and of what is written, the parts that are others in each run. */
  readonly plain?: (text: string) => string;
}

/**
 * Walks a document: a fence with a name (```ini NAME) is written as a file, the lines of a ```console are run, and what they say is
 * compared; a line `cd FOLDER` holds for those after it. `…` alone on a line stands for any lines, within a line for any text; `status N` ends what ends so. Returns how many lines were run.
 */
export async function walkGuide({ guide, folder, run, adapt = same, plain = same }: Walk): Promise<number> {
  let count = 0;
  let cwd = folder;
  for (const { kind, name, body } of fencesOf(readFileSync(join(docs, guide), "utf8"))) {
    if (name !== "") {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), adapt(body));
    }
    if (kind !== "console") continue;
    for (const { line, shown } of commandsOf(body)) {
      count++;
      const [, to] = /^cd (\S+)$/.exec(line) ?? [];
      if (to !== undefined) {
        cwd = join(cwd, to);
        continue;
      }
      const { output, status } = await run(adapt(line), cwd);
      const end = status === 0 ? "" : `status ${status}\n`;
      const said = `$ ${line}\n${output}${end}`.replaceAll(folder, "/srv/project");
      expect(plain(said)).toMatch(formOf(plain(`$ ${line}\n${shown}`)));
    }
  }
  return count;
}

const same = (text: string) => text;

interface Fence {
  readonly kind: string;
  readonly name: string;
  readonly body: string;
}

export function fencesOf(text: string): readonly Fence[] {
  return [...text.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```/gm)].map(
    ([, kind = "", name = "", body = ""]) => ({ kind, name, body }),
  );
}

/** The commands of a console, each with the output that is shown. */
function commandsOf(body: string): readonly { readonly line: string; readonly shown: string }[] {
  return body
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [line = "", ...shown] = part.split("\n");
      return { line, shown: shown.join("\n") };
    });
}

function formOf(shown: string): RegExp {
  const literally = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const ofLines = (text: string) => text.split("…").map(literally).join(".*");
  return new RegExp(`^${shown.split(/^…\n/m).map(ofLines).join("(?:.*\\n)*?")}$`);
}

/** Runs a line with sh, as a person at a terminal sees it. `settings`: as of {@link runProgram}. */
export async function runLine(
  line: string,
  settings: Parameters<typeof runProgram>[2],
): Promise<{ readonly output: string; readonly status: number | null }> {
  const { code, stdout, stderr } = await runProgram("sh", ["-c", `( ${line} ) 2>&1`], settings);
  // What npm says of the settings of this machine is not the document's.
  return { output: (stdout + stderr).replaceAll(/^npm (warn|notice).*\n/gm, ""), status: code };
}
