import { makeExclude } from "./exclude.ts";
import { keysOf, parseKnownHosts } from "./known-hosts.ts";
import { readLines } from "./lines.ts";
import type { Entry } from "./listing.ts";
import { readSshConfig } from "./ssh-config.ts";
import { compareTrees } from "./tree-change.ts";

test("known_hosts: plain, patterns, ports, hashes, markers", () => {
  // ssh-keygen -H of "web1"
  const text = [
    "# comment",
    "web1,10.0.0.1 ssh-ed25519 AAAA1",
    "*.example.com,!bad.example.com ssh-rsa AAAA2",
    "[web1]:2222 ssh-ed25519 AAAA3",
    "@revoked web1 ssh-ed25519 AAAA4",
    "@cert-authority * ssh-ed25519 AAAA5",
  ].join("\n");
  const keys = (name: string) =>
    keysOf(parseKnownHosts("/k", text), name).map(({ key, revoked, place }) => [key, revoked, place]);
  expect(keys("web1")).toEqual([
    ["AAAA1", false, "/k:2"],
    ["AAAA4", true, "/k:5"],
  ]);
  expect(keys("[web1]:2222")).toEqual([["AAAA3", false, "/k:4"]]);
  expect(keys("a.example.com")).toEqual([["AAAA2", false, "/k:3"]]);
  expect(keys("bad.example.com")).toEqual([]);
});

test("output comes as whole lines, whatever pieces it is cut into", () => {
  const lines: string[] = [];
  const reader = readLines((line) => lines.push(line));
  const bytes = Buffer.from("one\r\ntwö\nbar 1%\rbar 100%\nlast");
  for (const byte of bytes) reader.write(Uint8Array.of(byte));
  reader.end();
  expect(lines).toEqual(["one", "twö", "bar 100%", "last"]);
});

test("patterns leave out what rsync would", () => {
  const out = makeExclude(["*.fs", "/filestorage/Data.fs", "blobstorage*", "cache/"]);
  expect(out("a/x.fs", false)).toBe(true);
  expect(out("blobstorage-1/a/b", false)).toBe(true);
  expect(out("cache", false)).toBe(false);
  expect(out("cache/x", false)).toBe(true);
  expect(out("log/x.fsx", false)).toBe(false);
});

test("trees are compared by kind, size, time and mode", () => {
  const file = (sizeBytes: number, modified = 1): Entry => ({
    kind: "file",
    mode: 0o644,
    sizeBytes,
    modified,
  });
  const folder: Entry = { kind: "folder", mode: 0o755, sizeBytes: 0, modified: 1 };
  const source = new Map([
    ["a", file(1)],
    ["b", file(2)],
    ["d", folder],
    ["x.log", file(1)],
  ]);
  const target = new Map([
    ["a", file(1)],
    ["b", file(2, 9)],
    ["gone", file(1)],
    ["kept.log", file(1)],
  ]);
  const exclude = ["*.log"];
  expect(compareTrees(source, target, { exclude })).toMatchObject({
    remove: [],
    folders: ["d"],
    send: ["b"],
  });
  expect(compareTrees(source, target, { exclude, delete: true }).remove).toEqual(["gone"]);
  expect(compareTrees(source, target, { exclude, ignoreExisting: true }).send).toEqual([]);
});

test("ssh's configuration is read where there is no ssh", () => {
  const text =
    "Host web*\n  User deploy\n  IdentityFile a\nHost !web9 *\n  Port=2222\n  IdentityFile b\nHost *\n  User root\n";
  expect(readSshConfig(text, "web1")).toBe("user deploy\nidentityfile a\nidentityfile b\nport 2222");
  expect(readSshConfig(text, "web9")).toBe("user deploy\nidentityfile a");
  expect(readSshConfig(text, "db")).toBe("port 2222\nidentityfile b\nuser root");
  const quoted = 'IdentityFile "~/my keys/a"\nProxyCommand sh -c "exec nc web1 22"\n';
  expect(readSshConfig(quoted, "web1")).toBe(
    'identityfile ~/my keys/a\nproxycommand sh -c "exec nc web1 22"',
  );
});
