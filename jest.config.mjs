export default {
  testEnvironment: "node",
  roots: ["<rootDir>/packages", "<rootDir>/plugins", "<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "^.+\\.ts$": "<rootDir>/test/strip-transform.cjs" },
  modulePathIgnorePatterns: ["/dist/"],
  coverageProvider: "v8",
};
