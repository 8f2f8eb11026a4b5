"""Puts the site together: parts/site and bin/restart, from src."""
import os
import shutil


class Site:
    def __init__(self, buildout, name, options):
        self.buildout = buildout["buildout"]

    def install(self):
        source = os.path.join(self.buildout["directory"], "src")
        part = os.path.join(self.buildout["parts-directory"], "site")
        script = os.path.join(self.buildout["bin-directory"], "restart")
        shutil.rmtree(part, ignore_errors=True)
        os.makedirs(part)
        shutil.copy(os.path.join(source, "site.mjs"), part)
        shutil.copy(os.path.join(source, "restart.sh"), script)
        os.chmod(script, 0o755)
        return [part, script]

    update = install
