// jest transform: takes the types off with Node itself, which keeps lines and columns, so no source map is needed.
const { stripTypeScriptTypes } = require("node:module");
const { createHash } = require("node:crypto");

module.exports = {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: "strip" }) }),
  getCacheKey: (source, path) =>
    createHash("sha256").update(process.version).update(path).update(source).digest("hex").slice(0, 32),
};
