import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type DeployBed, releaseAt, startDeployBed } from "./deploy-bed.ts";

const path = "/srv/site";

describeUnless(whyNoBed(), "a rollback of two hosts", () => {
  let bed: DeployBed;
  beforeAll(async () => {
    bed = await startDeployBed({ hosts: ["w0", "w1"] });
    await bed.write({ "hostout.cfg": `[site]\nhost = w0 w1\npath = ${path}\ninclude = page\n` });
  });
  afterAll(() => bed?.stop());

  const deploy = async (text: string, words = "") => {
    await bed.write({ page: `${text}\n` });
    const { code, stdout } = await bed.hostout(`${words} site deploy`);
    expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
  };
  const live = () => Promise.all(["w0", "w1"].map((name) => releaseAt(bed.host(name), path)));

  test("a package has one name on all hosts, also where one of them got it by a later deploy", async () => {
    await deploy("one");
    await deploy("two", "--hosts w0");
    const [first = ""] = await live();
    await deploy("two");
    expect(await live()).toEqual([first, first]);
  });

  test("hosts that would go to different releases are refused before any is switched, unless --anyway", async () => {
    await deploy("three", "--hosts w1");
    const before = await live();
    const { code, stdout } = await bed.hostout("site rollback");
    expect([code, stdout]).toEqual([
      2,
      expect.stringMatching(
        /a rollback of site would mix releases: w[01] to \S+; w[01] to \S+\n *try: .*--anyway/,
      ),
    ]);
    expect([await live(), stdout.includes("go-live …"), stdout.includes("hostout resume")]).toEqual([
      before,
      false,
      false,
    ]);
    expect((await bed.hostout("site rollback --anyway")).code).toBe(0);
    expect((await live())[1]).toBe(before[0]);
  });

  test("a host without the release that is named keeps the others from going there", async () => {
    const before = await live();
    const { stdout: names } = await bed.host("w1").sh(`ls ${path}/releases`);
    const { stdout: others } = await bed.host("w0").sh(`ls ${path}/releases`);
    const only = names
      .trim()
      .split("\n")
      .find((name) => !others.includes(name));
    const { code, stdout } = await bed.hostout(`site rollback ${only}`);
    expect([code, stdout]).toEqual([expect.any(Number), expect.stringContaining("w0 to none")]);
    expect([code === 0, await live()]).toEqual([false, before]);
  });
});
