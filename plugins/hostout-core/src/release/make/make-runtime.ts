import { HostoutError, isHostoutError, type Outcome } from "@hostout/kit";
import { siteStore, withLock } from "@hostout/releases";
import { hostPython } from "../look/interpreters.ts";
import { packagedValue } from "../values/cells.ts";
import type { OnHost } from "../values/release-options.ts";

/** The value of the command `bootstrap`: the interpreter on the host that builds. */
export interface Runtime {
  readonly python: string;
}

/**
 * Creates the virtual environment for the buildout of a site, below its path, if the interpreter can. Releases share it, and
 * built scripts name it. So it never changes, and another interpreter gets another one.
 */
export async function makeRuntime(context: OnHost): Promise<Outcome> {
  const { remote, resultOf, note, warn, dryRun } = context;
  const kind = resultOf(packagedValue)?.kind;
  if (kind !== undefined && kind !== "buildout")
    return { status: "skipped", note: "only a buildout needs it" };
  const store = await siteStore(context);
  const owner = remote.as("effective");
  const python = await hostPython(context);
  const words = ["sh", "-c", runtimeScript, "hostout", store.path, python];
  const runtimeIn = (folder: string): Runtime => ({ python: `${folder}/bin/python` });
  const found = await owner
    .capture([...words, "find"], { quiet: true, title: `look for a virtualenv of ${python}` })
    .catch(unlessFailed);
  if (found !== undefined) return { status: "unchanged", note: found, value: runtimeIn(found) };
  if (dryRun) {
    note(`would make an environment in ${store.path}/runtimes`);
    return { status: "ok" };
  }
  return withLock(context, store, async () => {
    const made = await owner
      .run([...words, "make"], { quiet: true, title: `make a virtualenv with ${python}` })
      .catch((error: unknown) => {
        if (isHostoutError(error) && error.status === withoutBuildout)
          throw noBuildout(context, python, error);
        return unlessFailed(error);
      });
    const folder = made?.stdout.trim();
    if (folder !== undefined) return { status: "ok", note: folder, value: runtimeIn(folder) };
    warn(`${python} makes no virtualenv with zc.buildout, and builds by itself`);
    return { status: "unchanged", note: python, value: { python } satisfies Runtime };
  });
}

/** Neither the interpreter nor an environment that it makes has zc.buildout: nothing could be built. */
function noBuildout({ host }: OnHost, python: string, cause: HostoutError): HostoutError {
  const why = cause.message.split("\n").findLast((line) => line.includes("ERROR:"));
  return new HostoutError({
    code: "refused",
    message: `${python} makes no virtualenv with zc.buildout, and pip could not install it${why ? ` (${why.trim()})` : ""}`,
    hint: "Install it on the host (on Debian: apt install python3-zc.buildout), or name an interpreter that has it: python = /opt/buildout/bin/python",
    host: host.name,
    cause,
  });
}

function unlessFailed(error: unknown): undefined {
  if (!isHostoutError(error) || error.code !== "command-failed") throw error;
}

/** Status of the script where nothing there has zc.buildout. */
const withoutBuildout = 3;

/**
 * Prints the folder of the virtual environment of an interpreter, with zc.buildout. Arguments: `PATH PYTHON find|make`. `make`
 * creates a missing one: with the system's packages if zc.buildout is one of them, else from the index. A complete
 * environment never changes, because live releases may use it.
 */
export const runtimeScript = `umask 022
v=$("$2" -c 'import sys; print("%d.%d" % sys.version_info[:2])') || exit 1
say='import sys; print(sys.version); print(getattr(sys, "base_prefix", sys.prefix))'
w=$("$2" -c "$say")
same() { [ "$("$1/bin/python" -c "import zc.buildout; $say" 2>/dev/null)" = "$w" ]; }
n=1
while r=$1/runtimes/$v-$n; [ -e "$r/complete" ]; do
  if same "$r"; then printf '%s\\n' "$r"; exit; fi
  n=$((n + 1))
done
[ "$3" = make ] || exit 1
rm -rf "$r"
mkdir -p "$1/runtimes"
{ if "$2" -c 'import zc.buildout'; then "$2" -m venv --system-site-packages --without-pip "$r"
  else "$2" -m venv "$r" && "$r/bin/python" -m pip install -q --disable-pip-version-check --retries 1 zc.buildout setuptools; fi; } >&2
if same "$r"; then : >"$r/complete" && printf '%s\\n' "$r"; else
  rm -rf "$r"
  "$2" -c 'import zc.buildout' 2>/dev/null && exit 1
  exit ${withoutBuildout}
fi`;
