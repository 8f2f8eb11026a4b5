export type { Ask } from "./ask.ts";
export { type ConnectionSettings, openConnections } from "./open-connections.ts";
export type { Terminal } from "./transport.ts";
