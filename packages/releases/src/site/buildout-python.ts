/**
 * Python of any version: restores the names that Python 3.10 moved to `collections.abc`. zc.buildout before 3.0 looks
 * for them in `collections`.
 */
export const movedNames = `import collections
try:
    import collections.abc as abc
    for n in abc.__all__:
        if not hasattr(collections, n): setattr(collections, n, getattr(abc, n))
except ImportError: pass
`;

/** Python: runs zc.buildout without a `bin/buildout`, with the arguments that follow. */
export const buildoutMain = `${movedNames}from zc.buildout.buildout import main
main()`;

/** Python: runs the script that the first argument names (`bin/buildout`, `bootstrap.py`), with the arguments that follow. */
export const scriptMain = `import os, sys
sys.argv = sys.argv[1:]
f = sys.argv[0]
sys.path[0:1] = [os.path.dirname(os.path.abspath(f))]
${movedNames}__file__ = f
exec(compile(open(f).read(), f, "exec"))`;
