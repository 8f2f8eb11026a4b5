import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type DeployBed, python, startDeployBed } from "./deploy-bed.ts";

// A file of collective.hostout as people have it: other parts with hosts, a base, plugins in Python, old options, no path.
const file = `[buildout]
extends = base.cfg
parts += varnish host1
[varnish]
recipe = plone.recipe.varnish
host = 127.0.0.1
[solr]
recipe = collective.recipe.solrinstance
host = \${solr-host:address}
[db]
host = 192.0.2.1
user = zope
[base]
user = root
effective-user = zope
hostos = ubuntu
pre-commands = echo base-pre $(pwd) >>/root/order
post-commands = echo base-post >>/root/order
[host1]
recipe = collective.hostout == 1.0a5
extends = base hostout.supervisor
host = web1
buildout = prod.cfg
buildout-group = zope
python = ${python}
pre-commands =
    cd \${buildout:directory}
    echo pre $(pwd) >>/root/order
post-commands = cd \${buildout:directory} && ls \${buildout:bin-directory}/marker >>/root/order
verify = test -x \${buildout:bin-directory}/marker
include = bin/marker
`;

describeUnless(whyNoBed(), "a file of collective.hostout on a real host", () => {
  let bed: DeployBed;
  beforeAll(async () => {
    bed = await startDeployBed({ withPython: true });
    await bed.write({
      "buildout.cfg": file,
      "base.cfg": "[buildout]\nparts =\n",
      "prod.cfg": "[buildout]\nextends = base.cfg\noffline = true\n",
      "bin/marker": "#!/bin/sh\n",
    });
    await bed.client.sh("chmod 755 /srv/project/bin/marker");
  });
  afterAll(() => bed?.stop());

  test("all deploys the site alone, to the folder that the original had, with the lines of its base, in the folder there", async () => {
    const { code, stdout, stderr } = await bed.hostout("all deploy");
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    const path = "/var/buildout/host1";
    expect((await bed.web1.sh("cat /root/order")).stdout.trim().split("\n")).toEqual([
      `pre ${path}`,
      `base-pre ${path}`,
      `${path}/current/bin/marker`,
      "base-post",
    ]);
    expect(stderr).toContain("warning: [host1] 'hostout.supervisor' ");
    // setup reads them.
    for (const word of ["hostos", "buildout-group"]) expect(stderr).not.toContain(`'${word}'`);
    expect((await bed.client.sh("ls /var/buildout 2>&1", { mayFail: true })).stdout).toContain(
      "No such file",
    );
  });

  test("another part is refused with the reason", async () => {
    const { code, stderr } = await bed.hostout("varnish deploy");
    expect([code, stderr.split("\n")[0]]).toEqual([
      2,
      "hostout: [varnish] is not a site: its recipe is plone.recipe.varnish",
    ]);
  });
});
