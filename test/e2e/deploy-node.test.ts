import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type DeployBed, doneIn, endOf, pageOf, releaseAt, servedAt, startDeployBed } from "./deploy-bed.ts";

const path = "/home/deploy/app";
const node = process.execPath;

const project = {
  // Who logs in is not root, and the application is not root's.
  "hostout.cfg": `[app]
host = web1
user = deploy
path = ~/app
build-command =
    ${node} build.mjs
    test -s dist/server.mjs
commands-as = effective
start-cmd = setsid -f ${node} dist/server.mjs </dev/null >>var/server.log 2>&1
stop-cmd = kill $(cat var/server.pid) && while kill -0 $(cat var/server.pid) 2>/dev/null; do sleep 0.05; done
verify = http://127.0.0.1:8082/ 200 "Hello from"
verify-timeout = 5s
`,
  "package.json": '{ "name": "app", "version": "1.0.0", "type": "module" }\n',
  "build.mjs": `import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
mkdirSync("dist", { recursive: true });
const parts = ["greeting.mjs", "main.mjs"].map((name) => readFileSync("src/" + name, "utf8"));
writeFileSync("dist/server.mjs", parts.join(""));
`,
  "src/greeting.mjs": 'const greeting = "Hello from one";\n',
  "src/main.mjs": `import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
// Whoever is stopped needs a moment for it, as applications do.
process.on("SIGTERM", () => setTimeout(() => process.exit(0), 100));
const listen = () => server.listen(8082, "127.0.0.1");
const server = createServer((request, response) => response.end(greeting + "\\n"));
server.on("error", () => setTimeout(listen, 50));
server.on("listening", () => writeFileSync("var/server.pid", String(process.pid)));
listen();
`,
};

describeUnless(whyNoBed(), "a Node application on a real host", () => {
  let bed: DeployBed;
  beforeAll(async () => {
    bed = await startDeployBed();
    await bed.write(project);
  });
  afterAll(() => bed?.stop());

  const page = () => pageOf(bed.web1, 8082);
  const served = () => servedAt(bed.web1, path);
  const current = () => releaseAt(bed.web1, path);
  const greet = (name: string) =>
    bed.write({ "src/greeting.mjs": `const greeting = "Hello from ${name}";\n` });

  test("it is sent, built there, started and verified, by one who is not root", async () => {
    const { code, stdout, stderr } = await bed.hostout("app deploy");
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect(await page()).toBe("Hello from one");
    expect((await bed.web1.sh(`find ${path} ! -user deploy`)).stdout).toBe("");
    expect(stdout).toContain(`Deployment complete at version ${await current()}`);
  });

  test("deployed again unchanged, it goes on as it is, under the same process", async () => {
    const pid = (await bed.web1.sh(`cat ${path}/var/server.pid`)).stdout;
    const { code, events } = await bed.events("app deploy");
    expect([code, endOf(events, "rollout")?.note]).toEqual([0, `${await current()} is live already`]);
    expect(doneIn(events)).toEqual(expect.not.arrayContaining(["buildout", "uploadeggs", "stop", "start"]));
    expect((await bed.web1.sh(`cat ${path}/var/server.pid`)).stdout).toBe(pid);
  });

  test("a change is built beside what is served, and served", async () => {
    await greet("two");
    expect((await bed.hostout("app deploy")).code).toBe(0);
    expect(await page()).toBe("Hello from two");
  });

  test("a build that fails: exit 4, the old release answers as before, and the failed one is no target", async () => {
    const before = await served();
    await bed.write({ "build.mjs": "throw new Error('it cannot be built');\n" });
    const { code, stdout } = await bed.hostout("app deploy");
    expect([code, stdout]).toEqual([4, expect.stringContaining("it cannot be built")]);
    expect(stdout).not.toMatch(/\] (?:stop|activate) /);
    expect([await served(), await page()]).toEqual([before, "Hello from two"]);
    const list = endOf((await bed.events("app releases")).events, "releases")?.value;
    const [failed] = list as { name: string; result: string }[];
    expect(failed?.result).toBe("failed");
    const activate = await bed.hostout(`app activate ${failed?.name}`);
    expect([activate.code, await current()]).toEqual([4, before[0]]);
  });

  test("one that does not answer right: exit 7, and the one before is started again", async () => {
    await bed.write({ "build.mjs": project["build.mjs"] });
    const before = await served();
    await bed.write({ "src/greeting.mjs": "throw new Error('it cannot be started');\n" });
    const { code } = await bed.hostout("app:verify-timeout=5s app deploy");
    expect([code, await served(), await page()]).toEqual([7, before, "Hello from two"]);
  });

  test("rollback starts the one before, byte by byte the same, and builds nothing", async () => {
    const before = await served();
    await greet("three");
    expect((await bed.hostout("app deploy")).code).toBe(0);
    expect(await page()).toBe("Hello from three");
    const { code, events } = await bed.events("app rollback");
    expect([code, await served(), await page()]).toEqual([0, before, "Hello from two"]);
    expect(events.flatMap(({ path: words }) => words ?? [])).not.toContain("buildout");
  });

  test("what was deployed before is live again without being built or sent", async () => {
    const { code, events } = await bed.events("app deploy");
    expect([code, await page()]).toEqual([0, "Hello from three"]);
    expect(endOf(events, "uploadeggs")?.status).toBe("unchanged");
    expect(endOf(events, "buildout")?.status).toBe("unchanged");
  });
});
