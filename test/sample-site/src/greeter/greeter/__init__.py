"""Two buildout recipes that make a whole site below bin and parts, as production sites have them."""
import os
import shutil


class Application:
    """parts/NAME/application.py, and bin/NAME, which serves it on `port`."""

    def __init__(self, buildout, name, options):
        self.name, self.options = name, options
        self.buildout = buildout["buildout"]
        self.folder = os.path.join(self.buildout["parts-directory"], name)

    def install(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        source = os.path.join(os.path.dirname(__file__), "application.py")
        shutil.copy(source, self.folder)
        script = os.path.join(self.buildout["bin-directory"], self.name)
        with open(script, "w") as file:
            file.write(
                "#!{0}\nimport sys\nsys.path[0:0] = [{1!r}]\nimport application\n"
                "application.serve({2!r}, int({3!r}), {4!r})\n".format(
                    self.buildout["executable"],
                    self.folder,
                    self.options["revision"],
                    self.options["port"],
                    self.buildout["directory"],
                )
            )
        os.chmod(script, 0o755)
        return [self.folder, script]

    update = install


class Supervisor:
    """parts/supervisord.conf: runs bin/greeter, and is found by supervisorctl through its own socket."""

    def __init__(self, buildout, name, options):
        self.options, self.buildout = options, buildout["buildout"]

    def install(self):
        target = os.path.join(self.buildout["parts-directory"], "supervisord.conf")
        directory = self.buildout["directory"]
        with open(target, "w") as file:
            file.write(
                "[unix_http_server]\nfile = {0}/var/supervisor.sock\n"
                "[rpcinterface:supervisor]\n"
                "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n"
                "[supervisord]\nlogfile = {0}/var/log/supervisord.log\npidfile = {0}/var/supervisord.pid\n"
                "[supervisorctl]\nserverurl = unix://{0}/var/supervisor.sock\n"
                "[program:greeter]\ncommand = {0}/bin/greeter\nstartsecs = 0\nautorestart = true\n"
                "[group:{1}]\nprograms = greeter\n".format(directory, self.options["name"])
            )
        return [target]

    update = install
