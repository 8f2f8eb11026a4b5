/**
 * Runs a project's `setup.py` as pip does, with setuptools instead of distutils. A project without `setup.py` declares
 * everything in `pyproject.toml`.
 */
export const runSetup = [
  "import os, sys, runpy, setuptools",
  "sys.path.insert(0, os.getcwd())",
  "sys.argv[0] = 'setup.py'",
  "runpy.run_path('setup.py', run_name='__main__') if os.path.exists('setup.py') else setuptools.setup()",
].join("\n");

/**
 * Returns a `setup.py` that gives a project another version, and otherwise does the work of the project's own.
 * The file becomes part of a source distribution, because the installation builds again. Python 2 must read it too.
 *
 * @param original undefined if the project has none
 */
export function setupWithVersion(version: string, original: Uint8Array | undefined): string {
  const own =
    original === undefined
      ? ["setuptools.setup()"]
      : [
          "import base64",
          // Text would need an encoding. Bytes declare their own.
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
