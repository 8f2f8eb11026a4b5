import { readLines } from "./command/lines.ts";
import { hashName, indexKnownHosts, parseKnownHosts } from "./host-key/known-hosts.ts";
import { makeExclude } from "./tree/exclude.ts";
import type { Entry } from "./tree/listing.ts";
import { compareTrees } from "./tree/tree-change.ts";

test("known_hosts: plain, patterns, ports, hashes, markers; odd lines are passed over", () => {
  const key = (index: number, type = "ssh-ed25519") => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(type.length);
    return Buffer.concat([length, Buffer.from(type), Buffer.from([0, 0, 0, 1, index])]).toString("base64");
  };
  const text = [
    "# comment",
    `web1,10.0.0.1 ssh-ed25519 ${key(1)} somebody's`,
    `*.Example.com,!bad.example.com ssh-rsa ${key(2, "ssh-rsa")}`,
    `  [web1]:2222\tssh-ed25519 ${key(3)}`,
    `@revoked web1 ssh-ed25519 ${key(4)}`,
    `@cert-authority * ssh-ed25519 ${key(5)}`,
    `${hashName("web1")} ssh-ed25519 ${key(6)}`,
    "web1 1024 35 1337",
    "web1 ssh-ed25519",
    `web1 ssh-rsa ${key(7)}`,
    "web1 ssh-ed25519 AAAA",
    `@unknown web1 ssh-ed25519 ${key(8)}`,
    "\0\xff",
  ].join("\n");
  const keys = (name: string) =>
    indexKnownHosts(parseKnownHosts("/k", text))(name).map(({ kind, place }) => [kind, place]);
  const authority = ["authority", "/k:6"];
  expect(keys("web1")).toEqual([["host", "/k:2"], ["revoked", "/k:5"], authority, ["host", "/k:7"]]);
  expect(keys("[web1]:2222")).toEqual([["host", "/k:4"], authority]);
  expect(keys("a.example.com")).toEqual([["host", "/k:3"], authority]);
  expect(keys("bad.example.com")).toEqual([authority]);
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
