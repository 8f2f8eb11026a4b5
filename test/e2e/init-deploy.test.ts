import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type DeployBed, startDeployBed } from "./deploy-bed.ts";

/** The least that a project of each kind is made of, and a line that is true of its release. */
const projects: readonly (readonly [kind: string, files: Readonly<Record<string, string>>, holds: string])[] =
  [
    [
      "node",
      {
        "package.json": '{ "name": "node", "private": true, "scripts": { "start": "node server.js" } }\n',
        "server.js": "require('node:http').createServer((_, answer) => answer.end('Hello')).listen(8081);\n",
      },
      "grep -q Hello server.js",
    ],
    [
      "python",
      { "requirements.txt": "", "app.py": "print('Hello')\n" },
      "env/bin/python app.py | grep -q Hello",
    ],
    ["static", { "index.html": "<h1>Hello</h1>\n" }, "grep -q Hello index.html && ! test -e hostout.cfg"],
    [
      "generated",
      {
        "package.json":
          '{ "private": true, "scripts": { "build": "mkdir -p dist && echo Hello >dist/index.html" } }\n',
        ".gitignore": "/dist\n",
      },
      "grep -q Hello dist/index.html && ! test -e package.json",
    ],
    [
      "buildout",
      {
        "buildout.cfg":
          "[buildout]\nparts = greeting\ndevelop = src\noffline = true\n\n[greeting]\nrecipe = greeting\n",
        "src/setup.py":
          "from setuptools import setup\nsetup(name='greeting', version='1.0', py_modules=['greeting'], entry_points={'zc.buildout': ['default = greeting:Greeting']})\n",
        "src/greeting.py":
          "import os\nclass Greeting:\n    def __init__(self, buildout, name, options): self.folder = buildout['buildout']['parts-directory']\n    def install(self):\n        path = os.path.join(self.folder, 'greeting')\n        open(path, 'w').write('Hello')\n        return [path]\n    update = install\n",
      },
      "grep -q Hello parts/greeting",
    ],
  ];

describeUnless(whyNoBed(), "init, then deploy, with nothing written by hand", () => {
  let bed: DeployBed;
  beforeAll(async () => {
    bed = await startDeployBed();
    // Programs of the host that are no part of this machine's system folders.
    for (const name of ["node", "npm"])
      await bed.web1.sh(`command -v ${name} || ln -s ${process.execPath} /usr/local/bin/${name}`);
  });
  afterAll(() => bed?.stop());

  test.each(projects)("%s: what init writes deploys as it is", async (kind, files, holds) => {
    const folder = `/srv/projects/${kind}`;
    await bed.write(files, folder);
    const init = await bed.hostout(`init shop --host web1 --path /srv/${kind} --yes`, { folder });
    expect([init.code, init.stderr]).toEqual([0, ""]);
    const deploy = await bed.hostout("shop deploy", { folder });
    expect([deploy.code, deploy.code === 0 ? "" : deploy.stdout + deploy.stderr]).toEqual([0, ""]);
    expect((await bed.web1.sh(`cd /srv/${kind}/current && ${holds}`, { mayFail: true })).code).toBe(0);
    const isApplication = kind === "node" || kind === "python";
    expect(init.stdout.includes("Nothing starts it yet")).toBe(isApplication);
    expect(deploy.stdout.includes("nothing starts the site: start-cmd is not set")).toBe(isApplication);
  });
});
