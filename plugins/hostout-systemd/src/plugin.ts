import { definePlugin, option } from "@hostout/kit";
import { options } from "./options.ts";

/** The options from which the units are made. */
const ofUnits = [
  "path",
  "service",
  "socket",
  "schedule",
  "serviceEnvironment",
  "serviceEnvironmentFile",
  "serviceOptions",
  "socketOptions",
  "serviceScope",
] as const;

/** Runs a site as services of systemd, so that no site needs lines for its start and stop. */
export const plugin = definePlugin({
  name: "hostout-systemd",
  options,
  // Loaded when they run: each call of hostout loads this file.
  commands: {
    deploy: { after: [{ steps: ["services"], rolling: true }] },
    check: {
      overrides: true,
      readOnly: true,
      reads: ofUnits,
      run: async (context, next) => (await import("./command/check.ts")).check(context, next),
    },
    start: {
      overrides: true,
      description: "Installs the units of the live release, then starts or restarts them.",
      reads: ofUnits,
      run: async (context, next) => (await import("./command/start.ts")).start(context, next),
    },
    stop: {
      overrides: true,
      description:
        "Stops the units of the site, with its sockets and timers. A deploy and a restart leave a service whose socket is open, and restart that service at once.",
      reads: ["path", "service", "schedule", "serviceScope"],
      run: async (context, next) => (await import("./command/stop.ts")).stop(context, next),
    },
    services: {
      summary: "Install the units of the configuration, restart changed services",
      description: "Each deploy ends with it. Prints the lines of a unit that change.",
      reads: ofUnits,
      run: async (context) => (await import("./command/services.ts")).services(context),
    },
    reload: {
      summary: "Make the services read their configuration anew",
      reads: ["path", "serviceScope"],
      run: async (context) => (await import("./command/reload.ts")).reload(context),
    },
    status: {
      overrides: true,
      readOnly: true,
      reads: ["path", "service", "schedule", "serviceScope"],
      run: async (context, next) => (await import("./command/status.ts")).status(context, next),
    },
    logs: {
      summary: "Print the journal of the services on each host",
      args: {
        lines: option.flagOf(option.integer({ summary: "number of last lines", default: "50" })),
        follow: option.flag({ summary: "print new lines until an interrupt" }),
      },
      examples: ["logs", "logs --follow", "logs --lines 200"],
      readOnly: true,
      reads: ["path", "serviceScope"],
      run: async (context) => (await import("./command/logs.ts")).logs(context),
    },
  },
});
