import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readKey } from "./private-key.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostout-keys-"));
});
afterAll(() => rm(folder, { recursive: true }));

const keygen = (...words: string[]) => execFileSync("ssh-keygen", ["-q", ...words]);

describe.each(["rsa", "ecdsa", "ed25519"])("a key of the type %s", (type) => {
  test.each(["RFC4716", "PEM", "PKCS8"])(
    "with a passphrase, in the form %s, opens with that alone",
    async (form) => {
      const file = join(folder, `${type}-${form}`);
      keygen("-t", type, ...(type === "rsa" ? ["-b", "1024"] : []), "-m", form, "-N", "a word", "-f", file);
      const bytes = await readFile(file);
      const [, blob] = (await readFile(`${file}.pub`, "utf8")).split(" ");
      expect(await readKey(bytes)).toBe("locked");
      expect(await readKey(bytes, "other")).toHaveProperty("message");
      const key = await readKey(bytes, "a word");
      expect(key !== "locked" && "getPublicSSH" in key && key.getPublicSSH().toString("base64")).toBe(blob);
    },
  );
});

test("an Ed25519 key in the form of PKCS#8, which ssh-keygen does not write, is read and signs", async () => {
  const pair = generateKeyPairSync("ed25519");
  const pem = pair.privateKey.export({ type: "pkcs8", format: "pem" });
  const key = await readKey(Buffer.from(pem));
  if (key === "locked" || "message" in key) throw new Error("not read");
  const { x } = pair.publicKey.export({ format: "jwk" });
  expect(key.getPublicSSH().subarray(-32).toString("base64url")).toBe(x);
  expect(key.verify(Buffer.from("text"), key.sign(Buffer.from("text")) as Buffer)).toBe(true);
});

test("a key of a type that ssh does not have is named", async () => {
  const pair = generateKeyPairSync("x25519");
  const file = join(folder, "x25519");
  await writeFile(file, pair.privateKey.export({ type: "pkcs8", format: "pem" }));
  expect(await readKey(await readFile(file))).toMatchObject({ message: expect.stringContaining("x25519") });
});
