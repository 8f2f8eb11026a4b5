import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

// Documents whose fences are walked in order, in one folder: ```ini NAME writes a file, ```console runs its lines and
// compares what they say. `…` alone on a line stands for any lines; the folder is told as /srv/project.
const guides = ["reference/configuration.md", "how-to/migrate-from-collective-hostout.md"];

const root = dirname(dirname(import.meta.dirname));

interface Fence {
  readonly kind: string;
  readonly name: string;
  readonly body: string;
}

function fencesOf(text: string): readonly Fence[] {
  return [...text.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```/gm)].map(
    ([, kind = "", name = "", body = ""]) => ({
      kind,
      name,
      body,
    }),
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

function run(line: string, folder: string): string {
  const { HOSTOUT_CONFIG, BUILDOUT_HOME, ...environment } = process.env;
  const output = execFileSync("sh", ["-c", `( ${line} ) 2>&1; echo "status $?"`], {
    cwd: join(folder, "project"),
    encoding: "utf8",
    input: "",
    env: {
      ...environment,
      HOME: folder,
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      HOSTOUT_PYTHON: "3.11",
    },
  });
  return output.replace(/status 0\n$/, "").replaceAll(join(folder, "project"), "/srv/project");
}

function formOf(shown: string): RegExp {
  const literally = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${shown.split(/^…\n/m).map(literally).join("(?:.*\\n)*?")}$`);
}

test.each(guides)("%s can be walked as it is written", (guide) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "hostout-guide-")));
  try {
    mkdirSync(join(folder, "project"));
    mkdirSync(join(folder, "bin"));
    symlinkSync(join(root, "bin", "hostout"), join(folder, "bin", "hostout"));
    let count = 0;
    for (const { kind, name, body } of fencesOf(readFileSync(join(root, "docs", guide), "utf8"))) {
      if (kind === "ini" && name !== "") writeFileSync(join(folder, "project", name), body);
      if (kind !== "console") continue;
      for (const { line, shown } of commandsOf(body)) {
        count++;
        expect(`$ ${line}\n${run(line, folder)}`).toMatch(formOf(`$ ${line}\n${shown}`));
      }
    }
    expect(count).toBeGreaterThan(5);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the reference names every kind of fault", () => {
  const source = readFileSync(join(root, "packages", "config", "src", "config-error.ts"), "utf8");
  const [, union = ""] = /ConfigErrorKind =([^;]*);/.exec(source) ?? [];
  const text = readFileSync(join(root, "docs", "reference", "configuration.md"), "utf8");
  const kinds = [...union.matchAll(/"([^"]+)"/g)].map(([, kind]) => kind);
  expect(kinds.length).toBeGreaterThan(20);
  expect(kinds.filter((kind) => !text.includes(`\`${kind}\``))).toEqual([]);
});
