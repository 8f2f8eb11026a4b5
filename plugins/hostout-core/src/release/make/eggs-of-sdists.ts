import { runSetup } from "@hostout/packaging";
import { movedNames } from "@hostout/releases";

/**
 * Python script for the folder of a release: makes eggs of the source distributions in `dist`. Argument: the folder of the eggs.
 * A zc.buildout before 3.0 calls `easy_install.main`, and cannot install source distributions with today's setuptools.
 */
export const eggsOfSdists = `import glob, os, shutil, subprocess, sys, tempfile
${movedNames}
try:
    from importlib.metadata import version
    found = version("zc.buildout")
except Exception:
    found = "2"
if int(found.split(".")[0]) >= 3: sys.exit()
run = ${JSON.stringify(runSetup)}
dist = os.path.abspath("dist")
for file in sorted(glob.glob(os.path.join(dist, "*.tar.gz"))):
    stem = os.path.basename(file)[:-len(".tar.gz")]
    made = "-py%d.%d" % sys.version_info[:2]
    if any(os.path.basename(egg).startswith(stem + made)
           for folder in (sys.argv[1], dist) for egg in glob.glob(os.path.join(glob.escape(folder), "*.egg"))): continue
    temp = tempfile.mkdtemp()
    try:
        shutil.unpack_archive(file, temp)
        (inner,) = [os.path.join(temp, name) for name in os.listdir(temp)]
        out = os.path.join(dist, ".made")
        shutil.rmtree(out, ignore_errors=True)
        subprocess.check_call([sys.executable, "-c", run, "-q", "bdist_egg", "--dist-dir=" + out], cwd=inner)
        for name in os.listdir(out): os.rename(os.path.join(out, name), os.path.join(dist, name))
        os.rmdir(out)
    finally:
        shutil.rmtree(temp)`;
