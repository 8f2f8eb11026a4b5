export type { Ask } from "./login/ask.ts";
export { type ConnectionSettings, openConnections } from "./open-connections.ts";
export type { Terminal } from "./transport/transport.ts";
