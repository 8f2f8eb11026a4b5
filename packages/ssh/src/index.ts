export { type ConnectionSettings, openConnections } from "./open-connections.ts";
