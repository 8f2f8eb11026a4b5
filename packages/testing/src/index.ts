export * from "./contract/contract-settings.ts";
export * from "./contract/test-plugin.ts";
export { startEmbeddedHost } from "./embedded-host.ts";
export { type FakeAnswer, type FakeCall, fakeConnection } from "./fake-connection.ts";
export * from "./fake-run.ts";
export * from "./fake-site.ts";
export type { TestHost, TestHostSettings } from "./host.ts";
export { writeKeyPair } from "./key-pair.ts";
export { freePort, hasSshd, startHost, startSshdHost } from "./sshd-host.ts";
