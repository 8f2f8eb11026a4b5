export default {
  testEnvironment: "node",
  roots: ["<rootDir>/packages", "<rootDir>/plugins", "<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "^.+\\.ts$": "<rootDir>/test/strip-transform.cjs" },
  modulePathIgnorePatterns: ["/dist/"],
  coverageProvider: "v8",
  // Tests of real hosts build, log in and wait.
  testTimeout: 120_000,
};
