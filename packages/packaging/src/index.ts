export * from "./archive/archive-index.ts";
export * from "./archive/archive-proof.ts";
export * from "./dev/python-driver.ts";
export * from "./make-package.ts";
export * from "./project/read-project.ts";
export * from "./project/release-config.ts";
