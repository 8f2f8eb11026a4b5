import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeUnless, lacks } from "../../../../test/bed/describe-with.ts";
import { commandWords } from "./command-words.ts";
import { lineDiff } from "./line-diff.ts";
import { absoluteCommand } from "./program.ts";
import { commandWord, unitText, unitWord } from "./quote.ts";
import { jobOf } from "./schedule.ts";
import { siteUnits } from "./site-units.ts";
import { socketAddress } from "./socket-unit.ts";
import type { UnitSettings } from "./unit.ts";
import { bundleOf, unitsIn } from "./unit-bundle.ts";

const settings: UnitSettings = {
  site: "shop",
  path: "/srv/shop",
  owner: "zope",
  scope: "system",
  service: ["bin/server --port 8080"],
  socket: [],
  schedule: [],
  environment: [],
  environmentFile: undefined,
  serviceOptions: [],
  socketOptions: [],
};

/** The text of a unit that a site with these settings has. */
function textOf(name: string, more: Partial<UnitSettings> = {}): string {
  const units = siteUnits({ ...settings, ...more });
  const found = units.find((unit) => unit.name === name);
  if (!found) throw new Error(`none of ${units.map((unit) => unit.name).join(", ")}`);
  return found.text;
}

test("a line of service is a unit with the name of the site", () => {
  expect(
    textOf("shop.service"),
  ).toBe(`# Made by hostout for the site shop in /srv/shop. Change the configuration instead.
[Unit]
Description=shop
RequiresMountsFor=/srv/shop
StartLimitIntervalSec=0
After=network.target

[Service]
User=zope
WorkingDirectory=/srv/shop/current
ExecStart=/srv/shop/current/bin/server --port 8080
Restart=always
RestartSec=2
KillMode=mixed
TimeoutStopSec=30
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths=/srv/shop

[Install]
WantedBy=multi-user.target
`);
});

test("a socket is a unit that the service requires, and its path is closed to others", () => {
  expect(
    textOf("shop.socket", { socket: ["/run/shop.sock"], socketOptions: ["SocketGroup=www-data"] }),
  ).toBe(`# Made by hostout for the site shop in /srv/shop. Change the configuration instead.
[Unit]
Description=shop
RequiresMountsFor=/srv/shop

[Socket]
ListenStream=/run/shop.sock
SocketUser=zope
SocketMode=0660
SocketGroup=www-data

[Install]
WantedBy=sockets.target
`);
  const service = textOf("shop.service", { socket: ["8080"] });
  expect(service).toContain("Requires=shop.socket\nAfter=network.target shop.socket\n");
});

test("a line of schedule is a timer and a service that ends", () => {
  const schedule = ["Mon..Fri 02:30 bin/backup --all"];
  expect(textOf("shop-backup.timer", { schedule })).toContain(
    "[Timer]\nOnCalendar=Mon..Fri 02:30\nPersistent=yes\n",
  );
  const job = textOf("shop-backup.service", { schedule, serviceOptions: ["Restart=no", "Nice=5"] });
  expect(job).toContain("[Service]\nType=oneshot\nUser=zope\n");
  expect(job).toContain("ExecStart=/srv/shop/current/bin/backup --all\n");
  expect(job).toContain("Nice=5\n");
  expect(job).not.toMatch(/Restart|Install/);
});

test("units of a user have neither an account nor a sandbox that only root can make", () => {
  const text = textOf("shop.service", { scope: "user" });
  expect(text).toContain("NoNewPrivileges=yes\n\n[Install]\nWantedBy=default.target\n");
  expect(text).not.toMatch(/User=|ProtectSystem|PrivateTmp|RequiresMountsFor/);
});

test("options of the site replace the defaults, and paths to write to are added to that of the site", () => {
  const serviceOptions = ["ProtectSystem=full", "MemoryMax = 500M", "ReadWritePaths=/var/log/shop"];
  const text = textOf("shop.service", { serviceOptions });
  expect(text).toContain(
    "PrivateTmp=yes\nReadWritePaths=/srv/shop\nProtectSystem=full\nMemoryMax=500M\nReadWritePaths=/var/log/shop\n",
  );
  expect(text).not.toContain("strict");
});

test("environment variables are quoted, and the file with further ones may be missing", () => {
  const environment = ['GREETING=50% "off" \\o/ $HOME', "PLAIN=1"];
  const text = textOf("shop.service", { environment, environmentFile: "etc/shop.env" });
  expect(text).toContain(
    'Environment="GREETING=50%% \\"off\\" \\\\o/ $HOME"\nEnvironment=PLAIN=1\nEnvironmentFile=-/srv/shop/etc/shop.env\n',
  );
  expect(textOf("shop.service", { environmentFile: "/etc/shop.env" })).toContain("=-/etc/shop.env\n");
});

test.each([
  ["plain-1.2_3/x:y=z,a@b+c", "plain-1.2_3/x:y=z,a@b+c", "plain-1.2_3/x:y=z,a@b+c"],
  ["two words", '"two words"', '"two words"'],
  ["", '""', '""'],
  ["100%", "100%%", "100%%"],
  ["$HOME", '"$HOME"', '"$$HOME"'],
  ["a\\b", '"a\\\\b"', '"a\\\\b"'],
  ['say "x"', '"say \\"x\\""', '"say \\"x\\""'],
  ["it's", '"it\'s"', '"it\'s"'],
  [";", '";"', '";"'],
  ["größe", '"größe"', '"größe"'],
])("%s is quoted as a word of a unit and of a command", (text, word, inCommand) => {
  expect([unitWord(text), commandWord(text)]).toEqual([word, inCommand]);
});

test("a control character is refused: it would begin another line of the unit", () => {
  for (const text of ["a\nExecStartPre=/bin/evil", "a\u0000", "a\rb"])
    expect(() => unitText(text)).toThrow("control character");
});

test.each([
  ['bin/app  --name \'two words\' "a\\"b" c\\ d', ["bin/app", "--name", "two words", 'a"b', "c d"]],
  ["sh -c 'exec app --port $PORT && x'", ["sh", "-c", "exec app --port $PORT && x"]],
  ["app ''", ["app", ""]],
  ["app --allow=* ~x", ["app", "--allow=*", "~x"]],
])("%s is split into words", (line, words) => {
  expect(commandWords(line)).toEqual(words);
});

test.each([
  ["app --port $PORT", /a \$ for a shell, .*sh -c/],
  ['app "$PORT"', /a \$ for a shell/],
  ["a && b", /a & for a shell/],
  ["a | b", /a \| for a shell/],
  ["a >log", /a > for a shell/],
  ["PORT=8080 app", /begins with a variable: set it in service-environment/],
  ["app 'open", /a quote or a backslash without an end/],
  ["''", /names no program/],
])("%s is refused", (line, why) => {
  expect(() => commandWords(line)).toThrow(why);
});

test("a program is absolute: below the release, or looked up by env", () => {
  const current = "/srv/shop/current";
  const program = (word: string) => absoluteCommand([word, "x"], current).join(" ");
  expect(program("bin/app")).toBe("/srv/shop/current/bin/app x");
  expect(program("./app")).toBe("/srv/shop/current/app x");
  expect(program("/usr/bin/node")).toBe("/usr/bin/node x");
  expect(program("node")).toBe("/usr/bin/env node x");
  expect(() => program("/opt/$x/app")).toThrow("a $, which no program of a service may have");
});

test.each([
  ["daily bin/backup", "daily", "bin/backup", "shop-backup"],
  ["nightly = *-*-* 02:00:00 bin/dump.sh x  'a  b'", "*-*-* 02:00:00", "bin/dump.sh x  'a  b'", "nightly"],
  ["Mon,Fri 4:00 UTC report", "Mon,Fri 4:00 UTC", "report", "shop-report"],
  ["*-*-1 04:00 Europe/Berlin python3 -m x", "*-*-1 04:00 Europe/Berlin", "python3 -m x", "shop-python3"],
  ["*:0/15 bin/poll", "*:0/15", "bin/poll", "shop-poll"],
  ["Sun sunday.py", "Sun", "sunday.py", "shop-sunday"],
])("%s runs at %s", (line, times, command, name) => {
  expect(jobOf(line, "shop")).toEqual({ name, times, command });
});

test.each([
  ["bin/backup daily", /does not begin with times/],
  ["daily", /has times, but no command/],
])("%s is refused as a line of schedule", (line, why) => {
  expect(() => jobOf(line, "shop")).toThrow(why);
});

test("a socket is a port, an address and a port, or a path", () => {
  for (const text of ["8080", "127.0.0.1:80", "[::1]:8080", "/run/shop.sock"])
    expect(socketAddress(text)).toBe(text);
  for (const text of ["0", "70000", "localhost:80", "::1:80", "run/shop.sock", "x"])
    expect(() => socketAddress(text)).toThrow();
});

test.each<[Partial<UnitSettings>, RegExp]>([
  [{ service: ["bin/a", "bin/b"] }, /two lines make the unit shop\.service: name one of them, NAME = …/],
  [{ service: ["worker=bin/worker x"] }, /no white space before and after its =/],
  [{ service: ["a.service = bin/a"] }, /the end of a unit file/],
  [{ service: ["../a = bin/a"] }, /is no name of a unit/],
  [{ service: ["x@ = bin/a"] }, /is no name of a unit/],
  [{ service: ["a = bin/a", "b = bin/b"], socket: ["80"] }, /the socket '80' has no service shop/],
  [{ schedule: ["shop = daily bin/x"] }, /two lines make the unit shop\.service/],
  [{ path: "/srv/a\nb" }, /control character/],
])("%o is refused", (more, why) => {
  expect(() => siteUnits({ ...settings, ...more })).toThrow(why);
});

test("units survive the way to the host and back", () => {
  const units = siteUnits({ ...settings, socket: ["8080"], schedule: ["daily bin/x"] });
  expect(unitsIn(bundleOf(units))).toEqual(units);
  expect(bundleOf(units)).not.toMatch(/^(?! |unit )./m);
  expect(unitsIn("")).toEqual([]);
});

test("a diff has the lines that change, in their order", () => {
  expect(lineDiff("a\nb\nc\n", "a\nx\nc\nd\n")).toEqual(["- b", "+ x", "+ d"]);
  expect(lineDiff("", "a\n")).toEqual(["+ a"]);
  expect(lineDiff("a\n", "a\n")).toEqual([]);
});

describeUnless(lacks("systemd-analyze", "--version"), "units, as systemd reads them", () => {
  const folder = mkdtempSync(join(tmpdir(), "hostout-units-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("hostile values are accepted, and arrive as they were written", () => {
    const words = ["/usr/bin/printf", "%s|", "a b", "100%", "$HOME", '"', "\\", "it's", ";", ""];
    const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const units = siteUnits({
      ...settings,
      path: "/srv/my shop%h",
      owner: "root",
      service: [quoted],
      socket: ["127.0.0.1:8080"],
      schedule: ["backup = Mon..Fri 02:30 /usr/bin/true"],
      environment: ['A=50% "x" \\ $HOME'],
    });
    for (const { name, text } of units) writeFileSync(join(folder, name), text);
    const files = units.map(({ name }) => join(folder, name));
    const { stderr, status } = spawnSync("systemd-analyze", ["verify", ...files], { encoding: "utf8" });
    const own = stderr.split("\n").filter((line) => units.some(({ name }) => line.includes(name)));
    expect([status, own]).toEqual([0, []]);
  });

  test("the times of a schedule are times of systemd", () => {
    for (const line of ["daily x", "Mon,Fri 4:00 UTC x", "*-*-1 04:00 Europe/Berlin x", "*:0/15 x", "Sun x"])
      execFileSync("systemd-analyze", ["calendar", jobOf(line, "shop").times], { stdio: "ignore" });
  });
});
