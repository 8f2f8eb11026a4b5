// A version manager's shims (pyenv, asdf) take a second each time a test starts Python: Debian's programs come before them.
const isShim = (folder) => /\/(?:\.pyenv|\.asdf|\.rbenv)\//.test(`${folder}/`);
const folders = (process.env.PATH ?? "").split(":");
process.env.PATH = [...folders.filter((one) => !isShim(one)), ...folders.filter(isShim)].join(":");

export default {
  testEnvironment: "node",
  roots: ["<rootDir>/packages", "<rootDir>/plugins", "<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "^.+\\.ts$": "<rootDir>/test/strip-transform.cjs" },
  modulePathIgnorePatterns: ["/dist/"],
  // Other people's configurations are not part of the project: the test of them is there where they are (CONTRIBUTING.md).
  testPathIgnorePatterns: process.env.HOSTOUT_CORPUS ? [] : ["/test/corpus\\.test\\.ts$"],
  coverageProvider: "v8",
  // Tests of real hosts build, log in and wait, also on a machine that is three times slower than usual.
  testTimeout: 300_000,
  // Tests of real hosts wait more than they work.
  maxWorkers: 2,
};
