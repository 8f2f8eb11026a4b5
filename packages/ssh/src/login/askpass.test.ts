import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openAskpass } from "./askpass.ts";

test("ssh gets answers to what it asks, and what wants no answer is shown", async () => {
  const folder = await mkdtemp(join(tmpdir(), "hostout-ask-"));
  const asked: string[] = [];
  const ask = {
    secret: async (question: string) => {
      asked.push(question);
      return "word";
    },
    confirm: async () => false,
    tell: (text: string) => void told.push(text),
  };
  const told: string[] = [];
  const { environment, close } = await openAskpass(folder, {
    ...{ ask, label: "web1", logins: [], password: undefined },
  });
  const put = async (question: string, more: Readonly<Record<string, string>> = {}) => {
    const env = { ...process.env, ...environment, ...more };
    return (await promisify(execFile)(environment.SSH_ASKPASS!, [question], { env })).stdout;
  };
  expect(await put("Enter passphrase for key 'id': ")).toBe("word\n");
  // ssh's notice that the user has to touch a security token.
  expect(await put("Confirm user presence for key ED25519-SK", { SSH_ASKPASS_PROMPT: "none" })).toBe("");
  close();
  await rm(folder, { recursive: true });
  expect(asked).toEqual(["Enter passphrase for key 'id'"]);
  expect(told).toEqual(["web1: Confirm user presence for key ED25519-SK"]);
});
