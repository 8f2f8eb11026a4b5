import { isHostoutError, type Outcome, sh } from "@hostout/kit";
import { siteStore, withLock } from "@hostout/releases";
import type { Packaged } from "./package-site.ts";
import type { OnHost } from "./release-options.ts";

/** What the command `bootstrap` found out: the interpreter on the host that builds. */
export interface Runtime {
  readonly python: string;
}

/**
 * Makes the environment that the buildout of a site runs in: a virtualenv below its path, where the interpreter can make one. It is
 * shared by releases, and made anew when the interpreter is another one.
 */
export async function makeRuntime(context: OnHost): Promise<Outcome> {
  const { options, remote, resultOf, note, dryRun } = context;
  const kind = (resultOf("package") as Packaged | undefined)?.kind;
  if (kind !== undefined && kind !== "buildout")
    return { status: "skipped", note: "what is no buildout needs none" };
  const store = await siteStore(context);
  const folder = `${store.path}/runtime`;
  const own: Runtime = { python: `${folder}/bin/python` };
  const owner = remote.as("effective");
  const isThere = ["sh", "-c", isSame, "hostout", own.python, options.python];
  if (await owner.test(isThere)) return { status: "unchanged", note: own.python, value: own };
  if (dryRun) {
    note(`would make ${folder}`);
    return { status: "ok", value: own };
  }
  return withLock(context, store, async () => {
    try {
      await owner.run(makeEnvironment(options.python, folder), { quiet: true });
    } catch (error) {
      if (!isHostoutError(error) || error.code !== "command-failed") throw error;
    }
    if (await owner.test(isThere)) return { status: "ok", note: own.python, value: own };
    await owner.run(["rm", "-rf", folder], { quiet: true });
    note(`warning: ${options.python} makes no virtualenv with zc.buildout; it builds itself`);
    const value: Runtime = { python: options.python };
    return { status: "unchanged", note: options.python, value };
  });
}

/** `OWN OTHER`: whether they are the same Python, and the first of them has zc.buildout. */
const isSame = `[ "$("$1" -c 'import sys, zc.buildout; print(sys.version)')" = "$("$2" -c 'import sys; print(sys.version)')" ] 2>/dev/null`;

/** With the packages of the system where zc.buildout is one of them, else with one from the index. */
const makeEnvironment = (python: string, folder: string) => sh`exec 2>&1
if ${python} -c 'import zc.buildout'; then ${python} -m venv --clear --system-site-packages --without-pip ${folder}
else ${python} -m venv --clear ${folder} && ${folder}/bin/python -m pip install -q zc.buildout setuptools
fi`;
