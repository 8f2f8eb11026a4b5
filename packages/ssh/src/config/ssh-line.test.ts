import { sshLine } from "./ssh-line.ts";

test("the line with which a user logs in has the user, the port and the files that hostout uses", () => {
  const wish = { host: "h1", port: 2222, user: "ann", environment: {} };
  expect(sshLine(wish, { user: "ann", port: 2222 }, undefined)).toBe("ssh -p 2222 ann@h1");
  expect(sshLine(wish, { user: "root", port: 22 }, undefined)).toBe("ssh root@h1");
  const there = { ...wish, jump: "gate, inner", environment: { HOSTOUT_SSH_CONFIG: "/etc/my config" } };
  expect(sshLine(there, { user: "ann", port: 22 }, "/keys/id")).toBe(
    "ssh -F '/etc/my config' -i /keys/id -J gate,inner ann@h1",
  );
});
