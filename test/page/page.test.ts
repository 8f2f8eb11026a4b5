import { existsSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { describeUnless } from "../bed/describe-with.ts";
import { runLine } from "../bed/walk-guide.ts";

const hostout = join(dirname(dirname(import.meta.dirname)), "bin", "hostout");
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

// A run that needs no host: what is on the page is what tasks say.
const tasks = `import { definePlugin, HostoutError } from "@hostout/kit";
const say = (name, lines) => ({ summary: name, run: async ({ note, host }) => {
  for (const line of lines) note(line.replace("HOST", host.name));
  if (name === "verify" && host.name === "web2") throw new HostoutError({ code: "verify-failed", message: "it answers 500", hint: "Look." });
} });
export const plugin = definePlugin({ name: "tasks", commands: {
  push: say("push", ["</script><script>window.pwned = 1</script>", "<img src=x onerror='window.pwned = 2'> on HOST"]),
  verify: say("verify", []), many: say("many", Array.from({ length: 5000 }, (_, index) => "line " + index)),
  pack: { summary: "p", runOnce: async ({ note }) => note("packed") },
  ship: { summary: "s", run: async ({ call }) => { await call("push"); await call("many"); await call("verify"); } },
} });`;

describeUnless(chromium === undefined ? "there is no chromium" : undefined, "the page of a run", () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  const told: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hostout-page-"));
    await writeFile(join(folder, "tasks.ts"), tasks);
    await writeFile(join(folder, "hostout.cfg"), "[shop]\nhost = web1 web2 web3\ntasks = tasks.ts\n");
    const run = (line: string) => runLine(line, { cwd: folder });
    expect((await run(`${hostout} shop pack ship`)).status).toBe(7);
    expect((await run(`${hostout} history --html run.html`)).output).toBe("run.html\n");
    browser = await puppeteer.launch({ executablePath: chromium!, args: ["--no-sandbox"], pipe: true });
    page = await browser.newPage();
    page.on("pageerror", (error) => told.push(String(error)));
    page.on("console", (message) => told.push(message.text()));
    page.on("request", (request) => told.push(request.url()));
    await page.goto(pathToFileURL(join(folder, "run.html")).href);
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const text = (selector: string) => page.$eval(selector, (found) => found.textContent ?? "");
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id);

  test("loads nothing but itself, and nobody else can read it", () => {
    expect(told).toEqual([pathToFileURL(join(folder, "run.html")).href]);
    expect(statSync(join(folder, "run.html")).mode & 0o077).toBe(0);
  });

  test("says what was run and how it ended, host by host", async () => {
    expect(await text("h1")).toBe("shop pack ship");
    expect(await text("#facts")).toContain("exit 7");
    expect(await text("#counts")).toBe("2 ok, 1 failed");
    const rows = await page.$$eval(".row", (found) =>
      found.map((row) => [row.querySelector(".name")?.textContent, row.querySelectorAll(".bar").length]),
    );
    expect(rows).toEqual([
      ["this machineshop ", 1],
      ["web1shop ok", 4],
      ["web2shop failed", 4],
      ["web3shop ok", 4],
    ]);
  });

  test("shows why a host failed, without a click", async () => {
    expect(await page.$$eval("#faults li", (found) => found.map((line) => line.textContent))).toEqual([
      "web2 failed: it answers 500",
    ]);
    expect(
      await page.$$eval(".fault", (found) =>
        found.map((fault) => [fault.checkVisibility(), [...fault.children].map((part) => part.textContent)]),
      ),
    ).toEqual([[true, ["it answers 500", "try: Look."]]]);
  });

  test("shows the whole name of each step, at any width, beside bars that are too short", async () => {
    for (const width of [1000, 320]) {
      await page.setViewport({ width, height: 600 });
      await page.waitForFunction(`innerWidth === ${width}`);
      await page.evaluate(
        () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
      );
      const boxes = await page.$$eval(".bar", (found) =>
        found.map((bar) => {
          const ofBar = bar.getBoundingClientRect();
          const ofLabel = bar.querySelector(".label")!.getBoundingClientRect();
          const [left, right] = [Math.min(ofBar.left, ofLabel.left), Math.max(ofBar.right, ofLabel.right)];
          const isBare = bar.scrollWidth > bar.clientWidth && getComputedStyle(bar).overflow !== "visible";
          return { row: bar.closest(".row")!.id, top: ofBar.top, left, right, isBare };
        }),
      );
      expect(boxes.filter(({ isBare, left, right }) => isBare || left < 0 || right > width)).toEqual([]);
      const covered = boxes.filter((box) =>
        boxes.some(
          (other) =>
            other !== box &&
            other.top === box.top &&
            other.left < box.right - 1 &&
            box.left < other.right - 1,
        ),
      );
      expect(covered).toEqual([]);
    }
    await page.setViewport({ width: 1000, height: 600 });
  });

  test("is walked with the keyboard alone; what a host wrote is text", async () => {
    await page.focus("#bad");
    await page.keyboard.press("Tab");
    expect(await focused()).toMatch(/^this machine: pack, ok/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toMatch(/^web1: ship push, ok/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await focused()).toBe("output");
    expect(await text("#what")).toBe("web2 (shop): ship push");
    expect(await text("#lines")).toBe(
      "</script><script>window.pwned = 1</script>\n<img src=x onerror='window.pwned = 2'> on web2\n",
    );
    expect(await page.evaluate("window.pwned")).toBe(undefined);
    await page.keyboard.press("Escape");
    expect(await focused()).toMatch(/^web2: ship push/);
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    expect(await text("#outcome")).toMatch(/^failed · .* · tasks · it answers 500 · try: Look\.$/);
    expect(await text("#lines")).toBe("It wrote nothing.");
    await page.keyboard.press("Escape");
  });

  test("shows the end of long output, and says what is left out", async () => {
    await page.click('[aria-label^="web3: ship many"]');
    const lines = (await text("#lines")).trim().split("\n");
    expect([lines[0], lines[1], lines.at(-1), lines.length]).toEqual([
      "3000 lines before are left out",
      "line 3000",
      "line 4999",
      2001,
    ]);
    await page.click("#close");
  });

  test("leaves the hosts that ended well out when that is wanted, and the arrows pass over them", async () => {
    await page.click("#bad");
    expect(
      await page.$$eval(".row .name", (found) =>
        found.filter((name) => name.checkVisibility()).map((name) => name.firstChild?.textContent),
      ),
    ).toEqual(["web2"]);
    await page.click("#bad");
  });

  test("is light or dark as the reader wants it", async () => {
    const colour = async (value: string) => {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
      return page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
    };
    expect([await colour("light"), await colour("dark")]).toEqual(["rgb(255, 255, 255)", "rgb(22, 24, 27)"]);
  });
});
