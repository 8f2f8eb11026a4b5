import { nearMiss } from "@hostout/config";
import { option, parseOption } from "../plugin/option.ts";
import { parseHosts } from "./host.ts";

test("hosts are names, addresses, with ports and users", () => {
  expect(parseHosts("web1 web2:2222\n deploy@web3 [::1]:22 2001:db8::1 10.0.0.1", "root")).toEqual([
    { name: "web1", address: "web1", port: undefined, user: "root" },
    { name: "web2", address: "web2", port: 2222, user: "root" },
    { name: "web3", address: "web3", port: undefined, user: "deploy" },
    { name: "::1", address: "::1", port: 22, user: "root" },
    { name: "2001:db8::1", address: "2001:db8::1", port: undefined, user: "root" },
    { name: "10.0.0.1", address: "10.0.0.1", port: undefined, user: "root" },
  ]);
});

test.each(["web1:0", "web1:99999", "web1:ssh", "-oProxyCommand=id", "a;b", "@web1", ":22"])(
  "%s is no host",
  (text) => {
    expect(() => parseHosts(text, undefined)).toThrow(`'${text}' is not a host`);
  },
);

test.each([
  ["ssh://root@web1:22", "Write the name alone: root@web1:22"],
  ["https://web1/", "Write the name alone: web1"],
  ["web1,web2", "Separate hosts with blanks: web1 web2"],
  ["web1,", "Separate hosts with blanks: web1"],
  ["a/b@web1", "Write a name or an address, with a port if need be: web1, web1:2222, [::1]:2222."],
])("%s is no host, and the hint names what to write", (text, hint) => {
  expect(() => parseHosts(text, undefined)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(`'${text}' is not a host`), hint }),
  );
});

test("a near name is offered, a far one is not", () => {
  const names = ["deploy", "stage", "push", "pull"];
  expect([nearMiss("deplyo", names), nearMiss("psh", names), nearMiss("rollback", names)]).toEqual([
    "deploy",
    "push",
    undefined,
  ]);
});

test("options are read as they are declared, and a secret is not told", () => {
  expect(parseOption(option.duration({ summary: "" }), "x", "1.5m")).toBe(90_000);
  expect(parseOption(option.boolean({ summary: "" }), "x", "True")).toBe(true);
  expect(parseOption(option.path({ summary: "" }), "x", "/srv/x//")).toBe("/srv/x");
  expect(parseOption(option.lines({ summary: "" }), "x", "\n a b \n\nc")).toEqual(["a b", "c"]);
  expect(() => parseOption(option.choice(["git", "hg"], { summary: "" }), "scm", "svn")).toThrow(
    "scm: 'svn' is none of git, hg",
  );
});

test("hosts of one name are told apart by their ports", () => {
  const names = (text: string) => parseHosts(text, undefined).map(({ name }) => name);
  expect(names("localhost:2201 localhost:2202 web1:22")).toEqual([
    "localhost:2201",
    "localhost:2202",
    "web1",
  ]);
  expect(names("::1 [::1]:2222")).toEqual(["[::1]:22", "[::1]:2222"]);
});

test("a host that is named twice is refused (the same with another port or user is another)", () => {
  const origin = { file: "/p/buildout.cfg", line: 3 };
  const named = (text: string) => parseHosts(text, "root", origin).map(({ name }) => name);
  expect(() => named("web1 web2 web1")).toThrow(
    expect.objectContaining({ code: "bad-option", message: "'web1' is named twice", origin }),
  );
  expect(() => named("web1:2222 root@web1:2222")).toThrow("'root@web1:2222' is named twice");
  expect(named("web1 web1:2222")).toEqual(["web1:22", "web1:2222"]);
  expect(named("web1 deploy@web1 web2")).toEqual(["root@web1:22", "deploy@web1:22", "web2"]);
  expect(() => named("web1 web1:22")).toThrow("'root@web1:22' is named twice");
});

test("ten thousand hosts are read in a moment", () => {
  const text = Array.from({ length: 10_000 }, (_, index) => `h${index}.example.com`).join("\n");
  const startedMs = performance.now();
  expect(parseHosts(text, undefined)).toHaveLength(10_000);
  expect(performance.now() - startedMs).toBeLessThan(1000);
});
