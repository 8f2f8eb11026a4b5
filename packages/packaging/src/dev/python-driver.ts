/**
 * Runs a project's `setup.py` as pip does, with setuptools in place of distutils; a project without one has all in
 * `pyproject.toml`.
 */
export const runSetup = [
  "import os, sys, runpy, setuptools",
  "sys.path.insert(0, os.getcwd())",
  "sys.argv[0] = 'setup.py'",
  "runpy.run_path('setup.py', run_name='__main__') if os.path.exists('setup.py') else setuptools.setup()",
].join("\n");

/**
 * A `setup.py` that gives a project another version, and else does what the project's own does. It goes into a source
 * distribution, as that is built once more where it is installed. Read by Python 2, too.
 *
 * @param original undefined where the project has none
 */
export function setupWithVersion(version: string, original: Uint8Array | undefined): string {
  const own =
    original === undefined
      ? ["setuptools.setup()"]
      : [
          "import base64",
          // As text it would need an encoding; as bytes it brings its own.
          `exec(compile(base64.b64decode('${Buffer.from(original).toString("base64")}'), 'setup.py', 'exec'))`,
        ];
  return [
    "# Written by hostout: this is a release of a development package, with a version of its own.",
    "import setuptools",
    "import setuptools.command.egg_info",
    `setuptools.command.egg_info.egg_info.tagged_version = lambda self: '${version}'`,
    ...own,
    "",
  ].join("\n");
}
