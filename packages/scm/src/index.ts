export * from "./not-utf8.ts";
export * from "./scm-commands.ts";
export * from "./unreadable.ts";
export * from "./working-copy.ts";
export type * from "./workshop.ts";
