import { spawnSync } from "node:child_process";
import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type DeployBed, pageOf, servedAt, startDeployBed } from "./deploy-bed.ts";

const path = "/srv/notes";

const project = {
  "hostout.cfg": `[notes]
host = web1
user = root
effective-user = zope
path = ${path}
include =
    manage.py
    notes
build-command =
    /usr/bin/python3 -m venv --system-site-packages --without-pip env
    env/bin/python manage.py collectstatic --noinput
commands-as = effective
stop-cmd = kill $(cat var/server.pid) && while kill -0 $(cat var/server.pid) 2>/dev/null; do sleep 0.05; done
start-cmd =
    env/bin/python manage.py migrate --noinput
    setsid -f env/bin/python manage.py serve </dev/null >>var/server.log 2>&1
verify =
    http://127.0.0.1:8083/ 200 notes
    http://127.0.0.1:8083/static/notes.css 200 body
verify-timeout = 15s
`,
  "manage.py": `import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "notes.settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`,
  "notes/__init__.py": "",
  "notes/settings.py": `import os
root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECRET_KEY, DEBUG, ALLOWED_HOSTS, ROOT_URLCONF = "of a test", False, ["127.0.0.1"], "notes.urls"
INSTALLED_APPS = ["django.contrib.staticfiles", "notes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(root, "var", "notes.sqlite")}}
DEFAULT_AUTO_FIELD, STATIC_URL, STATIC_ROOT = "django.db.models.AutoField", "/static/", os.path.join(root, "static")
`,
  "notes/static/notes.css": "body { color: black }\n",
  "notes/models.py": `from django.db import models
class Note(models.Model):
    text = models.TextField()
`,
  "notes/migrations/__init__.py": "",
  "notes/migrations/0001_initial.py": `from django.db import migrations, models
class Migration(migrations.Migration):
    initial = True
    operations = [migrations.CreateModel("Note", [("id", models.AutoField(primary_key=True)), ("text", models.TextField())])]
`,
  "notes/views.py": 'title = "first"\n',
  "notes/urls.py": `from django.conf import settings
from django.http import HttpResponse
from django.urls import re_path
from django.views.static import serve
from notes.models import Note
from notes.views import title
def page(request):
    Note.objects.create(text=title)
    return HttpResponse("%s of %d notes" % (title, Note.objects.count()))
urlpatterns = [re_path("^$", page), re_path("^static/(?P<path>.*)$", serve, {"document_root": settings.STATIC_ROOT})]
`,
  "notes/management/__init__.py": "",
  "notes/management/commands/__init__.py": "",
  "notes/management/commands/serve.py": `import os
from wsgiref.simple_server import WSGIServer, make_server
from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application
class Command(BaseCommand):
    def handle(self, **_):
        WSGIServer.allow_reuse_address = True
        server = make_server("127.0.0.1", 8083, get_wsgi_application())
        with open("var/server.pid", "w") as file: file.write(str(os.getpid()))
        server.serve_forever()
`,
};

const whyNoDjango =
  spawnSync("/usr/bin/python3", ["-c", "import django"]).status === 0 ? undefined : "needs python3-django";

describeUnless(whyNoBed() ?? whyNoDjango, "a Django site on a real host", () => {
  let bed: DeployBed;
  beforeAll(async () => {
    bed = await startDeployBed();
    await bed.write(project);
  });
  afterAll(() => bed?.stop());

  const page = () => pageOf(bed.web1, 8083);
  const served = () => servedAt(bed.web1, path);
  const notes = async () => Number(/of (\d+) notes/.exec(await page())?.[1]);

  test("it is built in the folder that it is served from, migrated, started and verified", async () => {
    const { code, stdout, stderr } = await bed.hostout("notes deploy");
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect(await page()).toMatch(/^first of \d+ notes$/);
    expect(
      (await bed.web1.sh(`head -c 200 ${path}/current/env/bin/activate | wc -c; ls ${path}/current`)).stdout,
    ).toContain("static");
  });

  test("a rollback brings its code back, and its data stays", async () => {
    const before = await served();
    await bed.write({
      "notes/views.py": 'title = "second"\n',
      "notes/static/notes.css": "body { color: red }\n",
    });
    expect((await bed.hostout("notes deploy")).code).toBe(0);
    expect(await page()).toMatch(/^second of/);
    const count = await notes();
    expect((await bed.hostout("notes rollback")).code).toBe(0);
    expect([await page(), await served()]).toEqual([expect.stringMatching(/^first of/), before]);
    expect(await notes()).toBeGreaterThan(count);
  });

  test("settings that cannot be loaded fail its build, and what is served answers as before", async () => {
    const before = await served();
    await bed.write({
      "notes/settings.py": `${project["notes/settings.py"]}INSTALLED_APPS += ["missing"]\n`,
    });
    const { code, stdout } = await bed.hostout("notes deploy");
    expect([code, stdout]).toEqual([4, expect.stringContaining("No module named 'missing'")]);
    expect([await served(), await page()]).toEqual([before, expect.stringMatching(/^first of/)]);
  });

  test("a page that fails is found by verify, and the host goes back", async () => {
    const before = await served();
    await bed.write({
      "notes/settings.py": project["notes/settings.py"],
      "notes/views.py": "class Broken:\n    def __str__(self): raise ValueError\ntitle = Broken()\n",
    });
    const { code } = await bed.hostout("notes:verify-timeout=8s notes deploy");
    expect([code, await served(), await page()]).toEqual([7, before, expect.stringMatching(/^first of/)]);
  });
});
