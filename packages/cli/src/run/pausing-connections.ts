import type { Connection, Connections, Target } from "@hostout/kit";

/** Returns connections whose `interact` has the terminal for itself. `pause` clears the display until the end. */
export function pausingConnections(connections: Connections, pause: () => () => void): Connections {
  const wrap = (connection: Connection): Connection => ({
    ...connection,
    interact: async (command, options) => {
      const resume = pause();
      try {
        return await connection.interact(command, options);
      } finally {
        resume();
      }
    },
    as: (account) => wrap(connection.as(account)),
  });
  return {
    remote: (site, host, output, login) => wrap(connections.remote(site, host, output, login)),
    local: (site, output) => wrap(connections.local(site, output)),
    ...(connections.prepare && { prepare: (targets: readonly Target[]) => connections.prepare!(targets) }),
    ...(connections.expect && { expect: (targets: readonly Target[]) => connections.expect!(targets) }),
    close: () => connections.close(),
  };
}
