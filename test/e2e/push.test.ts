import { describeDeploys } from "./deploy-bed.ts";

const config = (data: string) => `[site]
plugins = hostout.pushdeploy
host = web1
user = deploy
path = /srv/site
staging-path = /srv/stage
relocatable = true
restart = true
${data}`;

const asRoot = (more: string) =>
  config(more).replace("path = /srv/site", "path = /srv/linked").replace("user = deploy", "user = root");

describeDeploys(
  "a push to a site that has been served for years",
  async (bed) => {
    await bed.write({ "hostout.cfg": config("") });
    await bed.write(
      {
        "bin/app": "echo one\n",
        "eggs/one/module.py": "one\n",
        "etc/conf": "staging\n",
        "var/log/install.txt": "installed\n",
        "var/made/by/build": "made\n",
        "var/shared/settings": "staging\n",
        "var/uploads/staging": "staging\n",
      },
      "/srv/stage",
    );
    await bed.web1.sh(`mkdir -p /srv/site/etc /srv/site/var/shared /srv/site/var/uploads /srv/disk
ln -s /srv/disk /srv/site/var/log
echo production >/srv/site/etc/conf
chown -R deploy: /srv/site /srv/disk
chown zope: /srv/site/var/shared
chmod 2777 /srv/site/var/shared`);
  },
  (bed) => {
    const kept = async (path: string) => (await bed.web1.sh(`stat -c '%U %a' ${path}`)).stdout.trim();

    test("leaves rights and owners of folders in var, and what is a link there, with rsync and with tar", async () => {
      const pushed = await bed.hostout("site push");
      expect(pushed).toMatchObject({ code: 0 });
      expect(await kept("/srv/site/var/shared")).toBe("zope 2777");
      expect((await bed.web1.sh("readlink /srv/site/var/log; ls /srv/disk")).stdout).toBe("/srv/disk\n");
      const made = "cd /srv/site/var; cat made/by/build shared/settings";
      expect((await bed.web1.sh(made)).stdout).toBe("made\nstaging\n");
      await bed.web1.sh("cd /srv/site/var; rm -r made shared/settings; echo production >shared/settings");
      expect(await bed.hostout("site push", { before: "HOSTOUT_NO_RSYNC=1" })).toMatchObject({ code: 0 });
      expect(await kept("/srv/site/var/shared")).toBe("zope 2777");
      expect((await bed.web1.sh("ls /srv/disk")).stdout).toBe("");
      expect((await bed.web1.sh(made)).stdout).toBe("made\nproduction\n");
    });

    test("takes names in var as they are, whatever their bytes: none is written through a link, each goes to the owner", async () => {
      const link = "$(printf 'l\\351nk ')";
      await bed.client.sh(
        `cd /srv/stage/var && mkdir "${link}" && touch "${link}/x" 'é [1]' "$(printf 'caf\\351')"`,
      );
      await bed.web1.sh(`ln -s /srv/disk "/srv/site/var/${link}"`);
      for (const before of ["exec", "HOSTOUT_NO_RSYNC=1"]) {
        await bed.web1.sh(`cd /srv/site/var && rm -f 'é [1]' "$(printf 'caf\\351')"`);
        const words = "site:user=root site:effective-user=deploy site push";
        expect(await bed.hostout(words, { before })).toMatchObject({ code: 0 });
        const there = `cd /srv/site/var; stat -c %U 'é [1]' "$(printf 'caf\\351')"; ls /srv/disk`;
        expect((await bed.web1.sh(there)).stdout).toBe("deploy\ndeploy\n");
      }
      await bed.client.sh(`cd /srv/stage/var && rm -r "${link}" 'é [1]' "$(printf 'caf\\351')"`);
      await bed.web1.sh(`cd /srv/site/var && rm "${link}" 'é [1]' "$(printf 'caf\\351')"`);
    });

    test("makes no release of equal content that was built anew, with rsync and with tar", async () => {
      const releases = async () => (await bed.web1.sh("ls /srv/site/releases")).stdout;
      const before = await releases();
      // Files and links as a build writes them again: only their times differ, and what Python compiled.
      await bed.client.sh(`cd /srv/stage && ln -s app bin/also && touch eggs/one/module.pyc`);
      expect(await bed.hostout("site push")).toMatchObject({ code: 0 });
      const made = await releases();
      expect(made).not.toBe(before);
      for (const before of ["exec", "HOSTOUT_NO_RSYNC=1"]) {
        await bed.client.sh(`cd /srv/stage && sleep 1
for f in bin/app eggs/one/module.py etc/conf; do cp $f $f.new && mv $f.new $f; done
ln -sfn app bin/also; date +%N >eggs/one/module.pyc`);
        const { stdout } = await bed.hostout("site push", { before });
        expect(stdout).toContain("unchanged");
        expect(await releases()).toBe(made);
      }
      await bed.client.sh("cd /srv/stage && ln -sfn ap2 bin/also && touch -hr bin/app bin/also");
      expect((await bed.hostout("site push", { before: "HOSTOUT_NO_RSYNC=1" })).stdout).toContain(
        "2 changed",
      );
      await bed.client.sh("rm /srv/stage/bin/also /srv/stage/eggs/one/module.pyc");
      expect(await bed.hostout("site push --delete")).toMatchObject({ code: 0 });
    });

    test("keeps a whole folder that staging dropped, and removes it when told", async () => {
      await bed.client.sh("mv /srv/stage/eggs /srv/eggs; echo echo two >/srv/stage/bin/app");
      expect(await bed.hostout("site push")).toMatchObject({ code: 0 });
      expect((await bed.web1.sh("cd /srv/site; cat bin/app eggs/one/module.py")).stdout).toBe(
        "echo two\none\n",
      );
      expect((await bed.hostout("site:push-folders=bin site push --delete")).stdout).toContain("unchanged");
      expect(await bed.hostout("site deploy --delete")).toMatchObject({ code: 0 });
      expect((await bed.web1.sh("ls /srv/site/current")).stdout).toBe("bin\netc\nvar\n");
      await bed.client.sh("echo old >/srv/stage/bin/old");
      expect(await bed.hostout("site push")).toMatchObject({ code: 0 });
      await bed.client.sh("rm /srv/stage/bin/old");
      expect(await bed.hostout("site:push-delete=true site push")).toMatchObject({ code: 0 });
      expect((await bed.web1.sh("ls /srv/site/bin")).stdout).toBe("app\n");
      expect((await bed.hostout("site push --delete")).stdout).toContain("unchanged");
      await bed.client.sh("mv /srv/eggs /srv/stage/eggs");
      expect(await bed.hostout("site push")).toMatchObject({ code: 0 });
    });

    test("a dry run prints what the run does", async () => {
      await bed.client.sh("echo echo dry >/srv/stage/bin/app");
      await bed.web1.sh("mkdir -p /srv/site/var/filestorage && echo data >/srv/site/var/filestorage/Data.fs");
      const releases = async () => (await bed.web1.sh("ls /srv/site/releases")).stdout;
      const before = await releases();
      const told = (text: string, what: RegExp) =>
        [...text.matchAll(what)]
          .map(([, line = ""]) => line.replaceAll(/releases\/[^/\s]+/g, "releases/NAME"))
          .sort();
      const dry = await bed.hostout("--dry-run site pull deploy");
      expect(dry).toMatchObject({ code: 0 });
      expect(await releases()).toBe(before);
      const run = await bed.hostout("-v site pull deploy");
      expect(run).toMatchObject({ code: 0 });
      const done = told(run.stdout, /(?:push|pull): (.* -> .*)/g);
      // Of var a run names only the data that it sends.
      expect(told(dry.stdout, /would (?:send|fetch): (\S+ -> [^\s,]+)/g)).toEqual(
        [...done, "/srv/stage/var -> /srv/site/var"].sort(),
      );
      expect(done).toContain("/srv/stage/bin -> /srv/site/releases/NAME/bin");
      expect(told(dry.stdout, /would (switch to .*|run: true)/g)).toEqual([
        "run: true",
        "switch to /srv/site/releases/NAME",
      ]);
      expect(dry.stdout).not.toContain("current/bin");
      await bed.client.sh("mkdir -p /srv/stage/parts/system/etc");
      const etc = await bed.hostout("--dry-run site deploy_etc");
      expect(told(etc.stdout, /would (.*)/g)).toEqual([
        "run: supervisorctl reread && supervisorctl update",
        "send: /srv/stage/parts/system/etc -> /etc",
      ]);
      await bed.client.sh("cd /srv/stage && rm -r parts var/filestorage && echo echo two >bin/app");
      await bed.web1.sh("rm -r /srv/site/var/filestorage");
    });

    test("a dry run of pull, put, get and sync prints one line for each transfer, and no result of it", async () => {
      await bed.web1.sh(
        "cd /srv/site/var && mkdir -p filestorage blobstorage && echo data >filestorage/Data.fs",
      );
      const data = "/srv/site/var/filestorage/Data.fs -> /srv/stage/var/filestorage/Data.fs";
      const blobs = "/srv/site/var/blobstorage -> /srv/stage/var/blobstorage";
      const lines = [
        ["pull", [`fetch: ${data}`, `fetch: ${blobs}, and remove what is not in the source`]],
        ["put /srv/stage/bin/app x", ["send: /srv/stage/bin/app -> /srv/site/x"]],
        ["put /srv/stage/bin x", ["send: /srv/stage/bin -> /srv/site/x"]],
        ["get bin b", ["fetch: /srv/site/bin -> /srv/project/b"]],
        ["sync /srv/stage/bin x", ["send: /srv/stage/bin -> /srv/site/x"]],
        ["sync --pull b bin", ["fetch: /srv/site/bin -> /srv/project/b"]],
      ] as const;
      for (const [words, would] of lines) {
        const { code, stdout } = await bed.hostout(`-v --dry-run site ${words}`);
        const told = stdout.split("\n").filter((line) => /would| -> |unchanged/.test(line));
        expect([code, told]).toEqual([0, would.map((line) => `[web1] would ${line}`)]);
      }
      for (const words of ["--dry-run site get gone", "site get gone", "--dry-run site sync --pull b gone"]) {
        const { code, stdout } = await bed.hostout(words);
        expect([code, stdout]).toEqual([4, expect.stringContaining("/srv/site/gone does not exist")]);
      }
      await bed.web1.sh("cd /srv/site/var && rm -r filestorage blobstorage");
    });

    test("names a file system that is mounted read-only, with rsync and with tar", async () => {
      await bed.web1.sh("mkdir /srv/ro && mount -t tmpfs -o ro,mode=777 none /srv/ro");
      for (const before of ["exec", "HOSTOUT_NO_RSYNC=1"]) {
        const { code, stdout } = await bed.hostout("site sync /srv/stage/bin /srv/ro/bin", { before });
        expect(code).toBe(4);
        expect(stdout).toMatch(/failed: web1: .*Read-only file system/s);
        expect(stdout).toMatch(/The file system on web1 is mounted read-only: 'findmnt/);
        expect(stdout).not.toMatch(/cd --|\$part|mkdir -m/);
      }
      await bed.web1.sh("umount /srv/ro && rmdir /srv/ro");
    });

    test("says how a file takes the place of a folder", async () => {
      await bed.client.sh("cd /srv/stage/eggs; mv one /srv/one; echo egg >one");
      const { code, stdout } = await bed.hostout("site push");
      expect(code).toBe(4);
      expect(stdout).toContain(
        "A file takes the place of a folder that is not empty: --delete removes that.",
      );
      expect(await bed.hostout("site push --delete")).toMatchObject({ code: 0 });
      await bed.client.sh("cd /srv/stage/eggs; rm one; mv /srv/one one");
    });

    test("touches no data, however it is named", async () => {
      await bed.web1.sh("cd /srv/site/var; rm -rf uploads/* made shared/settings");
      for (const data of ["var", "./var/", "/var/uploads/\n  var/made\n  var/shared"]) {
        await bed.write({ "hostout.cfg": config(`data =\n  ${data}\n`) });
        expect(await bed.hostout("site push")).toMatchObject({ code: 0 });
        expect((await bed.web1.sh("cd /srv/site/var; find . -type f")).stdout).toBe("");
      }
    });

    test("leaves data in a built folder as production has it", async () => {
      await bed.web1.sh("cd /srv/site/current/etc; echo production >conf");
      await bed.write({ "hostout.cfg": config("data = etc/conf\n") });
      expect(await bed.hostout("site push --delete")).toMatchObject({ code: 0 });
      expect((await bed.web1.sh("cat /srv/site/etc/conf")).stdout).toBe("production\n");
    });

    test("refuses to take the site itself for data, which pull would make staging equal to", async () => {
      await bed.write({ "hostout.cfg": config("data = ./\n") });
      const { code, stdout, stderr } = await bed.hostout("site pull");
      expect(code).toBe(2);
      expect(stdout + stderr).toContain("'./' is not below path");
      expect((await bed.client.sh("cat /srv/stage/bin/app")).stdout).toBe("echo two\n");
    });

    test("refuses a build whose interpreter is in the staged site, but not sent with it", async () => {
      await bed.write({ "hostout.cfg": config("") });
      const environment = "python3 -m venv --without-pip";
      await bed.client.sh(`${environment} /srv/stage/env
printf '#!/srv/stage/env/bin/python\n' >/srv/stage/bin/program && chmod +x /srv/stage/bin/program`);
      const { code, stdout } = await bed.hostout("site push");
      expect(code).toBe(4);
      expect(stdout).toMatch(/\/srv\/stage\/env\/bin\/python is Python \S+ here and missing there/);
      await bed.web1.sh(`${environment} /srv/stage/env`);
      expect(await bed.hostout("site push")).toMatchObject({ code: 0 });
    });
    test("holds the lock until the site was restarted, or went back", async () => {
      await bed.client.sh("echo echo three >/srv/stage/bin/app");
      const restart = "touch /tmp/restarts; while [ ! -e /tmp/go ]; do sleep 0.1; done; exit 1";
      const first = bed.hostout(`'site:restart=${restart}' site deploy`);
      await bed.web1.sh("while [ ! -e /tmp/restarts ]; do sleep 0.1; done");
      for (const words of ["push", "restart", "start", "stop"])
        expect([words, (await bed.hostout(`site ${words}`)).code]).toEqual([words, 5]);
      expect((await bed.hostout("site status")).stdout).toMatch(/LOCK\n.*@.*, process \d+/);
      await bed.web1.sh("touch /tmp/go");
      expect((await first).stdout).toContain("the rollback failed");
      const status = async () => (await bed.hostout("site status")).stdout;
      expect(await status()).toContain("cut off or not verified");
      expect(await bed.hostout("site deploy")).toMatchObject({ code: 0 });
      expect(await status()).not.toMatch(/cut off|process/);
    });

    test("one run at a time works on a staging folder, and a run that is killed frees it", async () => {
      const script = "#!/bin/sh\ntouch /tmp/building\nwhile [ ! -e /tmp/built ]; do sleep 0.1; done\n";
      await bed.write({ "bin/buildout": script }, "/srv/building");
      await bed.client.sh("chmod +x /srv/building/bin/buildout");
      const build = (before?: string) =>
        bed.hostout("site:staging-path=/srv/building site buildout", before === undefined ? {} : { before });
      const first = build("echo $$ >/tmp/builder; exec");
      await bed.client.sh("while [ ! -e /tmp/building ]; do sleep 0.1; done");
      for (const words of ["buildout", "push"]) {
        const { code, stdout } = await bed.hostout(`site:staging-path=/srv/building site ${words}`);
        expect(code).toBe(5);
        expect(stdout).toMatch(/staging folder \/srv\/building is in use by root@client, process \d+/);
      }
      await bed.client.sh("kill -9 $(cat /tmp/builder); touch /tmp/built");
      expect((await first).code).not.toBe(0);
      expect(await build()).toMatchObject({ code: 0 });
    });

    test("tells in status that a deploy was killed before the restart, until another one came through", async () => {
      const status = async () => (await bed.hostout("site status")).stdout;
      for (const next of ["deploy", "rollback"]) {
        await bed.client.sh(`echo echo ${next} >/srv/stage/bin/app`);
        const begun = `/tmp/restarts-before-${next}`;
        const killed = bed.hostout(`'site:restart=touch ${begun}; sleep 2' site deploy`, {
          before: "echo $$ >/tmp/pid; exec",
        });
        await bed.web1.sh(`while [ ! -e ${begun} ]; do sleep 0.1; done`);
        await bed.client.sh("kill -9 $(cat /tmp/pid)");
        expect((await killed).code).not.toBe(0);
        expect(await status()).toContain("cut off or not verified");
        expect(await bed.hostout(`site ${next}`)).toMatchObject({ code: 0 });
        expect(await status()).not.toMatch(/cut off|process/);
      }
    });
    test("is not gone on with where another run has switched meanwhile", async () => {
      await bed.client.sh("echo echo mine >/srv/stage/bin/app");
      const killed = bed.hostout(
        "'site:restart=touch /tmp/mine; sleep 2; touch /tmp/mine-ended' site deploy",
        {
          before: "echo $$ >/tmp/pid; exec",
        },
      );
      await bed.web1.sh("while [ ! -e /tmp/mine ]; do sleep 0.1; done");
      await bed.client.sh("kill -9 $(cat /tmp/pid)");
      await killed;
      await bed.client.sh("echo echo theirs >/srv/stage/bin/app");
      expect(await bed.hostout("site push")).toMatchObject({ code: 0 });
      // A run is not gone on with while the host still does what it began.
      await bed.web1.sh("while [ ! -e /tmp/mine-ended ]; do sleep 0.1; done");
      const [, run] = /^(\S+) .*site deploy/m.exec((await bed.hostout("history")).stdout) ?? [];
      const { code, stderr } = await bed.hostout(`resume ${run}`);
      expect([code, /another run changed these hosts/.test(stderr)]).toEqual([4, true]);
      expect((await bed.web1.sh("cat /srv/site/bin/app")).stdout).toBe("echo theirs\n");
    });
    test("comes through with its restart after Ctrl-C", async () => {
      await bed.client.sh("echo echo four >/srv/stage/bin/app");
      const stopped = bed.hostout(
        "'site:restart=touch /tmp/restarting; sleep 2; touch /tmp/restarted' site deploy",
        {
          before: "echo $$ >/tmp/pid; exec",
        },
      );
      await bed.web1.sh("while [ ! -e /tmp/restarting ]; do sleep 0.1; done");
      await bed.client.sh("kill -INT $(cat /tmp/pid)");
      expect((await stopped).code).toBe(130);
      expect((await bed.web1.sh("ls /tmp/restarted; cat /srv/site/bin/app")).stdout).toBe(
        "/tmp/restarted\necho four\n",
      );
      expect((await bed.hostout("site status")).stdout).not.toMatch(/cut off|process/);
    });
    test("adds to var what is missing as who owns the site, where that is not who logs in", async () => {
      const owned = config("effective-user = zope\n").replace("path = /srv/site", "path = /srv/owned");
      await bed.write({ "hostout.cfg": owned });
      expect(await bed.hostout("site deploy")).toMatchObject({ code: 0 });
      const list = "cd /srv/owned/var && cat made/by/build && find . ! -user zope";
      expect((await bed.web1.sh(list)).stdout).toBe("made\n");
    });
    test("does not take data that may not be reached for none", async () => {
      await bed.web1.sh(
        "cd /srv/owned/var && mkdir filestorage && echo data >filestorage/Data.fs && chmod 700 .",
      );
      const { code, stdout } = await bed.hostout("site pull");
      expect(code).toBe(4);
      expect(stdout).toContain("deploy may not look into /srv/owned/var");
      expect(await bed.hostout("site:remote-sudo=true site pull")).toMatchObject({ code: 0 });
      expect((await bed.client.sh("cat /srv/stage/var/filestorage/Data.fs")).stdout).toBe("data\n");
    });

    test("follows links of the site's owner to folders of his own, as root, and to no others", async () => {
      await bed.web1.sh(`mkdir -p /data/site /data/var /data/roots && ln -s /data/site /srv/linked
ln -s /data/var /data/site/var && chown -h zope: /srv/linked /data/site /data/var /data/site/var`);
      await bed.write({ "hostout.cfg": asRoot("effective-user = zope\n") });
      const program = String.raw`mkdir /srv/own; printf '#!/bin/sh\nid -un >>/tmp/ran\necho 1\n' >/srv/own/python`;
      for (const host of [bed.client, bed.web1]) await host.sh(`${program}; chmod +x /srv/own/python`);
      await bed.client.sh("echo '#!/srv/own/python' >/srv/stage/bin/own");
      const pushed = await bed.hostout("site push");
      expect([pushed.code, pushed.stdout]).toEqual([0, expect.stringContaining("changed")]);
      const list = "cd /data/var && cat made/by/build && find . ! '(' -user zope -group zope ')'";
      expect((await bed.web1.sh(list)).stdout).toBe("made\n");
      const pulled = await bed.hostout("'site:data=var/made' site pull");
      expect([pulled.code, pulled.stdout]).toEqual([0, expect.stringContaining("pull")]);
      await bed.web1.sh("cd /data/site && rm var && ln -s /data/roots var && chown -h zope: var");
      for (const before of ["exec", "HOSTOUT_NO_RSYNC=1"]) {
        const refused = await bed.hostout("site push", { before });
        expect([refused.code, refused.stdout]).toEqual([4, expect.stringMatching(/Permission denied/)]);
        expect((await bed.web1.sh("ls /data/roots; stat -c %U /data/roots")).stdout).toBe("root\n");
      }
      // Programs in the site, too.
      expect((await bed.web1.sh("sort -u /tmp/ran")).stdout).toBe("zope\n");
      await bed.client.sh("rm /srv/stage/bin/own");
    });

    test("pull, put, get and sync of root do what the site's owner may, and no more, whoever is named as the owner", async () => {
      await bed.web1.sh("cd /data/roots && echo secret >secret && chmod 600 secret");
      const refused = [
        ["'site:data=var/secret' site pull", /zope may not read \/srv\/linked\/var\/secret/],
        ["site get var/secret", /Permission denied/],
        ["site put /srv/stage/bin/app var/secret", /Permission denied/],
        ["site sync /srv/stage/bin var", /Permission denied/],
      ] as const;
      for (const more of ["effective-user = zope\n", ""]) {
        await bed.write({ "hostout.cfg": asRoot(more) });
        for (const [words, why] of refused) {
          const { code, stdout } = await bed.hostout(words);
          expect([more, words, code, stdout]).toEqual([more, words, 4, expect.stringMatching(why)]);
        }
        for (const words of ["put /srv/stage/bin/app put/app", "sync /srv/stage/bin sync"]) {
          await bed.web1.sh("mkdir -p /data/site/put && chown zope: /data/site/put");
          expect([words, (await bed.hostout(`site ${words}`)).code]).toEqual([words, 0]);
        }
        const owners = "cd /data/site && stat -c %U put/app sync sync/app && rm -r put sync";
        expect((await bed.web1.sh(owners)).stdout).toBe("zope\nzope\nzope\n");
      }
      expect((await bed.web1.sh("ls /data/roots; cat /data/roots/secret")).stdout).toBe("secret\nsecret\n");
      expect(
        (await bed.client.sh("cd /srv/stage/var; find . -name secret; ls /srv/project")).stdout,
      ).not.toContain("secret");
    });

    test("deploys, pushes and pulls through a var that is a link to another disk, and names one that leads nowhere", async () => {
      const path = "/srv/other-disk";
      const site = (more: string) =>
        `host = web1\nuser = deploy\neffective-user = zope\npath = ${path}\n${more}`;
      await bed.write({
        "hostout.cfg": `[made]\n${site("include = page\nstart-cmd = true\n")}[pushed]\n${site(
          "extends = hostout.pushdeploy\nstaging-path = /srv/stage-disk\nrelocatable = true\nrestart = true\nlocal-sudo = true\nremote-sudo = true\n",
        )}`,
        page: "page\n",
      });
      await bed.client.sh(`mkdir -p /srv/stage-disk/bin /disk/staged/log && chown zope: /disk/staged
ln -s /disk/staged /srv/stage-disk/var && echo app >/srv/stage-disk/bin/app && echo log >/disk/staged/log/first`);
      await bed.web1.sh(`mkdir -p ${path} /disk/var/filestorage && echo data >/disk/var/filestorage/Data.fs
ln -s /disk/var ${path}/var && chown -Rh zope: ${path} /disk/var`);
      for (const before of ["exec", "HOSTOUT_NO_RSYNC=1"]) {
        await bed.client.sh(`date +%N >/srv/stage-disk/bin/app; date +%N >/srv/project/page`);
        await bed.web1.sh("rm -rf /disk/var/log");
        const isFirst = before === "exec";
        for (const words of isFirst
          ? ["made deploy", "pushed pull push", "made rollback"]
          : ["pushed pull push"]) {
          const { code, stdout } = await bed.hostout(words, { before });
          expect([words, code, code === 0 ? "" : stdout]).toEqual([words, 0, ""]);
        }
        expect((await bed.web1.sh(`cat ${path}/current/var/log/first; readlink ${path}/var`)).stdout).toBe(
          "log\n/disk/var\n",
        );
        const pulled =
          "cd /disk/staged/filestorage && cat Data.fs && stat -c %U Data.fs && readlink /srv/stage-disk/var";
        expect((await bed.client.sh(pulled)).stdout).toBe("data\nzope\n/disk/staged\n");
        await bed.client.sh("rm -r /disk/staged/filestorage");
      }
      await bed.web1.sh("mv /disk/var /disk/away");
      await bed.client.sh(`echo new >/srv/stage-disk/bin/app; echo new >/srv/project/page`);
      for (const words of ["made deploy", "pushed push", "pushed pull"]) {
        const { code, stdout } = await bed.hostout(words);
        expect([code, stdout]).toEqual([
          4,
          expect.stringMatching(`${path}/var is a link to .* does not exist`),
        ]);
        expect(stdout).not.toMatch(/sh -c|mkdir/);
      }
    });

    test("gives the folders that root makes to the owner's group too, and no folder that was there", async () => {
      await bed.web1.sh(
        "mkdir -p /srv/owners/new/var/filestorage && chown zope:m3user /srv/owners/new/var/filestorage && groupadd team && chgrp team /srv/owners/new/var",
      );
      const owned = config("effective-user = zope\n").replace("path = /srv/site", "path = /srv/owners/new");
      await bed.write({ "hostout.cfg": owned.replace("user = deploy", "user = root") });
      const pushed = await bed.hostout("site:data=var site push");
      expect([pushed.code, pushed.stdout]).toEqual([0, expect.stringContaining("changed")]);
      const stat = "cd /srv/owners/new && stat -c '%n %U %G' . var var/filestorage releases .hostout/records";
      expect((await bed.web1.sh(stat)).stdout.trim().split("\n")).toEqual([
        ". zope root",
        "var root team",
        "var/filestorage zope m3user",
        "releases zope zope",
        ".hostout/records zope zope",
      ]);
    });

    test("copies into /etc and leaves the rights of the folders there as they are", async () => {
      await bed.write({ "hostout.cfg": config("remote-sudo = true\n") });
      await bed.write({ "etc/cron.d/job": "job\n", "etc/site/one": "one\n" }, "/srv/stage/parts/system");
      await bed.client.sh(`cd /srv/stage/parts/system && chmod 700 etc etc/cron.d && chmod 750 etc/site
chmod 600 etc/cron.d/job`);
      await bed.web1.sh(
        "printf '#!/bin/sh\n' >/usr/local/bin/supervisorctl && chmod +x /usr/local/bin/supervisorctl",
      );
      for (const before of ["", "HOSTOUT_NO_RSYNC=1 "]) {
        await bed.web1.sh("rm -rf /etc/cron.d/job /etc/site");
        const copied = await bed.hostout("site deploy_etc", { before: `${before}exec` });
        expect([copied.code, copied.stdout]).toEqual([0, expect.stringContaining("changed")]);
        const rights = await bed.web1.sh("stat -c '%n %a %U' /etc /etc/cron.d /etc/cron.d/job /etc/site");
        expect(rights.stdout.trim().split("\n")).toEqual([
          "/etc 755 root",
          "/etc/cron.d 755 root",
          "/etc/cron.d/job 600 root",
          "/etc/site 750 root",
        ]);
      }
    });
  },
);
