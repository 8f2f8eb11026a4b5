import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import http, { type RequestListener } from "node:http";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { definePlugin, type Outcome, readOptions } from "@hostout/kit";
import { fakeRun, fakeSite, freePort } from "@hostout/testing";
import { verify } from "../../plugins/hostout-core/src/verify/verify.ts";
import { verifyOptions } from "../../plugins/hostout-core/src/verify/verify-options.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type OpenHost, openHost, waysToHosts, whyNoHost } from "../bed/open-host.ts";

const plugin = definePlugin({
  name: "verifies",
  options: verifyOptions,
  commands: { verify: { summary: "Verify", readOnly: true, run: verify } },
});

interface Verified {
  readonly outcome: Outcome;
  readonly notes: readonly string[];
  readonly durationMs: number;
}

/** The command on a real host. Resolves to its error too. */
async function verifyOn(
  { remote, local, home }: OpenHost,
  lines: readonly string[],
  { timeout = "10s", signal = new AbortController().signal } = {},
): Promise<Verified> {
  const notes: string[] = [];
  const startedMs = Date.now();
  const options = { path: `${home}/site`, verify: lines.join("\n"), "verify-timeout": timeout };
  const site = fakeSite({ plugins: [plugin], options });
  const context = {
    ...{ site, remote, local, signal, dryRun: false },
    options: readOptions(site, verifyOptions),
    host: { name: "h", address: "127.0.0.1", port: undefined, user: undefined },
    detail: (line: string) => void notes.push(line.replace(/ in \d+ ms/, " in … ms")),
  };
  const outcome = await verify(context as never);
  return { outcome, notes, durationMs: Date.now() - startedMs };
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function listen(server: http.Server | net.Server, port = 0): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => resolve((server.address() as net.AddressInfo).port));
  });
}

const serve = (listener: RequestListener, port?: number) => listen(http.createServer(listener), port);

for (const [kind, transport] of waysToHosts) {
  describeUnless(whyNoHost(kind), `verify on a host (${kind}) over ${transport}`, () => {
    let host: OpenHost;
    beforeAll(async () => {
      host = await openHost({ kind, transport });
      await mkdir(join(host.home, "site", "releases", "1"), { recursive: true });
      await symlink("releases/1", join(host.home, "site", "current"));
    });
    afterAll(() => host.close());

    test("a URL that answers as it should holds, from the host and from here", async () => {
      const asked: unknown[] = [];
      const port = await serve((request, response) => {
        asked.push([request.method, request.url, request.headers["user-agent"], request.headers.host]);
        response.end(`${"x".repeat(100_000)} Welcome`);
      });
      const inside = `http://localhost:${port}/a?b=1`;
      const { notes, outcome } = await verifyOn(host, [`${inside} 200 Welcome`, `http://{host}:${port}/`]);
      expect(notes).toEqual([
        `verify: ${inside} 200 in … ms`,
        `verify: http://127.0.0.1:${port}/ 200 in … ms`,
      ]);
      expect(outcome).toEqual({ status: "ok", note: "2 checks" });
      expect(asked).toEqual([
        ["GET", "/a?b=1", "hostout", `localhost:${port}`],
        ["GET", "/", "hostout", `127.0.0.1:${port}`],
      ]);
    });

    test("a server that comes up after 2 s passes", async () => {
      const port = await freePort();
      const timer = setTimeout(() => void serve((_request, response) => response.end("up"), port), 2000);
      const { notes, durationMs } = await verifyOn(host, [`http://127.0.0.1:${port}/ up`]);
      clearTimeout(timer);
      expect(notes).toEqual([
        expect.stringMatching(/^verify: http:\/\/127.0.0.1:\d+\/ 200 in … ms at try [4-6]$/),
      ]);
      expect(durationMs).toBeGreaterThan(1900);
    });

    test("another status is told though its body has no end", async () => {
      const port = await serve((_request, response) => void response.writeHead(503).write("wait"));
      await expect(verifyOn(host, [`http://127.0.0.1:${port}/`], { timeout: "1s" })).rejects.toMatchObject({
        message: expect.stringContaining("but it answered 503 (tried"),
      });
    });

    test("another status fails with what came instead; a redirect is its status", async () => {
      const port = await serve((request, response) => {
        if (request.url === "/moved") response.writeHead(302, { location: "/" }).end();
        else response.writeHead(503).end(`<h1>\n\u001b[31mDown</h1>${"!".repeat(500)}`);
      });
      await expect(
        verifyOn(host, [`http://127.0.0.1:${port}/`, "false"], { timeout: "1s" }),
      ).rejects.toMatchObject({
        code: "verify-failed",
        host: "h",
        message: expect.stringMatching(
          /^h: verify http:\/\/127.0.0.1:\d+\/: expected 2xx, but it answered 503: '<h1> \[31mDown<\/h1>!{180,190}…' \(tried for \d(\.\d)? s\)$/,
        ),
        origin: { file: "/project/hostout.cfg", line: 4 },
        hint: expect.stringContaining("verify-timeout"),
      });
      await expect(
        verifyOn(host, [`http://127.0.0.1:${port}/moved`], { timeout: "0" }),
      ).rejects.toMatchObject({
        message: expect.stringContaining("expected 2xx, but it answered 302 with Location: / (tried"),
        hint: expect.not.stringContaining("verify-timeout"),
      });
      await verifyOn(host, [`http://127.0.0.1:${port}/moved 302`]);
    });

    test("another text fails", async () => {
      const port = await serve((_request, response) => response.end("It works!"));
      await expect(
        verifyOn(host, [`http://127.0.0.1:${port}/ 200 "My site"`], { timeout: "0" }),
      ).rejects.toMatchObject({
        code: "verify-failed",
        message: expect.stringContaining(
          "expected 200 with 'My site', but it answered 200 without that: 'It works!'",
        ),
      });
    });

    test("a server that never answers, or not to the end, fails in time", async () => {
      const silent = await listen(net.createServer(() => undefined));
      const startedMs = Date.now();
      await expect(verifyOn(host, [`http://127.0.0.1:${silent}/`], { timeout: "2s" })).rejects.toMatchObject({
        code: "verify-failed",
        message: expect.stringMatching(/but there was no answer within (2|1\.9\d*) s/),
      });
      const half = await serve((_request, response) => void response.write("half"));
      await expect(
        verifyOn(host, [`http://127.0.0.1:${half}/ whole`], { timeout: "1s" }),
      ).rejects.toMatchObject({ message: expect.stringContaining("no answer within 1 s") });
      expect(Date.now() - startedMs).toBeLessThan(6000);
      // Where only the status counts, an answer need not end.
      await verifyOn(host, [`http://127.0.0.1:${half}/`]);
    });

    test("a port where nothing listens fails, and what speaks no HTTP too", async () => {
      const port = await freePort();
      await expect(verifyOn(host, [`http://127.0.0.1:${port}/`], { timeout: "1s" })).rejects.toMatchObject({
        code: "verify-failed",
        message: expect.stringContaining(`but nothing listens on 127.0.0.1:${port} (tried for`),
        hint: "Is the service started, and is this its port?",
      });
      const rude = await listen(net.createServer((socket) => socket.end("220 smtp ready\r\n")));
      await expect(verifyOn(host, [`http://127.0.0.1:${rude}/`], { timeout: "0" })).rejects.toMatchObject({
        message: expect.stringContaining("the port does not speak HTTP"),
      });
      const closes = await listen(net.createServer((socket) => socket.destroy()));
      await expect(verifyOn(host, [`http://127.0.0.1:${closes}/`], { timeout: "0" })).rejects.toMatchObject({
        message: expect.stringContaining("the connection closed before the end of the answer"),
      });
    });

    test("a command line is tried until it succeeds, in what is served", async () => {
      const line = 'echo x >>tries; test "$(wc -l <tries)" -gt 1 || { echo not yet >&2; exit 3; }';
      const { notes } = await verifyOn(host, [line]);
      expect(notes).toEqual([`verify: '${line}' succeeded in … ms at try 2`]);
      expect(await readFile(join(host.home, "site", "releases", "1", "tries"), "utf8")).toBe("x\nx\n");
      await expect(
        verifyOn(host, ["echo first; echo why >&2; echo last >&2; exit 3"], { timeout: "0" }),
      ).rejects.toMatchObject({
        code: "verify-failed",
        message: expect.stringContaining("exit 3': expected success, but exit code 3: last (tried"),
      });
      await expect(verifyOn(host, ["sleep 20"], { timeout: "1s" })).rejects.toMatchObject({
        code: "verify-failed",
        message: expect.stringContaining("but no end after 1 s"),
      });
      // Output of tries is not told.
      expect(host.told).toEqual([]);
    });

    test("all of the time is used, however short it is", async () => {
      const since =
        "test -e since || date +%s%N >since; test $(( $(date +%s%N) - $(cat since) )) -gt 700000000";
      const { notes } = await verifyOn(host, [since], { timeout: "1s" });
      expect(notes).toEqual([`verify: '${since}' succeeded in … ms at try 2`]);
      await expect(verifyOn(host, ["false"], { timeout: "1s" })).rejects.toMatchObject({
        message: expect.stringMatching(/exit code 1 \(tried for 1(\.\d)? s\)$/),
      });
    });

    test("an interrupted run ends at once", async () => {
      const silent = await listen(net.createServer(() => undefined));
      const closed = await freePort();
      for (const line of [`http://127.0.0.1:${silent}/`, `http://{host}:${closed}/`, "sleep 20"]) {
        const { signal, ...running } = abortAfter(700);
        const startedMs = Date.now();
        await expect(verifyOn(host, [line], { signal })).rejects.toMatchObject({ code: "interrupted" });
        expect(Date.now() - startedMs).toBeLessThan(1500);
        running.end();
      }
    });
  });
}

function abortAfter(ms: number): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ms);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}

describe("https", () => {
  let folder: string;
  let host: OpenHost;
  let port: number;
  beforeAll(async () => {
    host = await openHost({ kind: "embedded", transport: "node-ssh" });
    folder = await mkdtemp(join(tmpdir(), "hostout-tls-"));
    const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    execFileSync("openssl", [...words, ...names, "-days", "2", "-keyout", "key", "-out", "cert"], {
      cwd: folder,
      stdio: "ignore",
    });
  });
  beforeEach(async () => {
    const key = await readFile(join(folder, "key"));
    const cert = await readFile(join(folder, "cert"));
    port = await listen(https.createServer({ key, cert }, (_request, response) => response.end("safe")));
  });
  afterAll(async () => {
    await host.close();
    await rm(folder, { recursive: true });
  });

  test("a certificate that nobody vouches for is refused, and says what to do", async () => {
    await expect(verifyOn(host, [`https://localhost:${port}/`], { timeout: "0" })).rejects.toMatchObject({
      code: "verify-failed",
      message: expect.stringMatching(/but its certificate is not trusted: self.signed certificate.* \(tried/),
      hint: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
  });

  test("a certificate that is trusted holds for its own names only", async () => {
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, await readFile(join(folder, "cert"), "utf8")]);
    const { notes } = await verifyOn(host, [`https://localhost:${port}/ safe`]);
    expect(notes).toEqual([`verify: https://localhost:${port}/ 200 in … ms`]);
    for (const name of ["127.0.0.1", "{host}"]) {
      await expect(verifyOn(host, [`https://${name}:${port}/`], { timeout: "0" })).rejects.toMatchObject({
        message: expect.stringMatching(
          /its certificate is not trusted: .*127\.0\.0\.1 is not in the cert's list/,
        ),
      });
    }
    setDefaultCACertificates(before);
  });

  test("a port that speaks no TLS is told as that", async () => {
    const plain = await serve((_request, response) => response.end("x"));
    await expect(verifyOn(host, [`https://127.0.0.1:${plain}/`], { timeout: "0" })).rejects.toMatchObject({
      message: expect.stringContaining("does not speak TLS"),
    });
  });
});

test("a host that forwards nothing is told at once", async () => {
  const host = await openHost({ kind: "embedded", transport: "node-ssh", forwards: false });
  await expect(verifyOn(host, ["http://127.0.0.1:80/"])).rejects.toMatchObject({
    code: "refused",
    hint: expect.stringContaining("AllowTcpForwarding"),
  });
  await host.close();
});

test("without lines it is skipped; a dry run tells what would be verified, and asks nothing", async () => {
  const run = (options: Readonly<Record<string, string>>) =>
    fakeRun({ sites: [fakeSite({ plugins: [plugin], options })], commands: ["verify"], dryRun: true });
  const empty = await run({});
  expect(empty.targets[0]).toMatchObject({ status: "ok" });
  expect(empty.events).toContainEqual(
    expect.objectContaining({ type: "task.end", status: "skipped", note: "no verify lines" }),
  );
  const { events, calls } = await run({ verify: "http://{host}/\nbin/smoke" });
  expect(events.flatMap((event) => (event.type === "output" ? [event.line] : []))).toEqual([
    "would verify: http://web1/",
    "would verify: 'bin/smoke'",
  ]);
  expect(calls).toEqual([]);
});

test("commands run as who owns the site, in path where nothing is released there", async () => {
  const { calls, targets } = await fakeRun({
    sites: [
      fakeSite({
        plugins: [plugin],
        options: { path: "~/site", "effective-user": "zope", verify: "bin/smoke\nhttp://127.0.0.1:80/ 204" },
      }),
    ],
    commands: ["verify"],
    answers: [
      { command: /pwd/, stdout: "/home/deploy" },
      { command: /^dial 127\.0\.0\.1:80$/, stdout: "HTTP/1.1 204 No Content\r\n\r\n" },
    ],
  });
  expect(targets).toMatchObject([{ status: "ok" }]);
  expect(calls.map(({ account, method, text }) => `${account} ${method} ${text}`)).toEqual([
    "login capture cd -- ~ && pwd",
    "effective test test -d /home/deploy/site/current",
    "effective run cd -- /home/deploy/site && { bin/smoke\n}",
    "login dial 127.0.0.1:80",
  ]);
});
