import { type HostContext, type OptionValues, option, type Site } from "@hostout/kit";
import { commandWords } from "./unit/command-words.ts";
import { namedLine } from "./unit/named-line.ts";
import { absoluteCommand } from "./unit/program.ts";
import { jobOf } from "./unit/schedule.ts";
import { socketAddress } from "./unit/socket-unit.ts";
import { whyNoUnitName } from "./unit/unit.ts";

/** Makes a check of an option from a function that throws for a line with a fault. */
const eachLine =
  (read: (line: string, site: string) => unknown) =>
  (lines: readonly string[] | undefined, site?: Site): string | undefined => {
    try {
      for (const line of lines ?? []) read(line, site?.name ?? "site");
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };

function readService(line: string, site: string): void {
  const { name = site, text } = namedLine(line);
  requireName(name);
  absoluteCommand(commandWords(text), "");
}

function readSocket(line: string): void {
  const { name, text } = namedLine(line);
  if (name !== undefined) requireName(name);
  socketAddress(text);
}

function requireName(name: string): void {
  const why = whyNoUnitName(name);
  if (why !== undefined) throw new Error(why);
}

function readVariable(line: string): void {
  if (!/^[A-Za-z_]\w*=/.test(line)) throw new Error(`'${line}' sets no variable: write NAME=VALUE`);
}

function readSetting(line: string): void {
  if (!/^[A-Z]\w+\s*=/.test(line)) throw new Error(`'${line}' is no setting of a unit: write KEY=VALUE`);
  if (line.endsWith("\\")) throw new Error(`'${line}' ends with a backslash, which would join the next line`);
}

/** The options of a site that runs as services of systemd. */
export const options = {
  service: option.checked(
    option.lines({
      summary:
        "commands that run all the time, one a line: COMMAND for a unit with the name of the site, else NAME = COMMAND. A relative program is one of the release, and a bare word is looked up in PATH",
      optional: true,
      example: "bin/server --port 8080",
    }),
    eachLine(readService),
  ),
  socket: option.checked(
    option.lines({
      summary:
        "sockets that stay open while a service restarts: PORT, ADDRESS:PORT or /PATH, or NAME = one of these. The service gets its socket as file descriptor 3",
      optional: true,
      example: "127.0.0.1:8080",
    }),
    eachLine(readSocket),
  ),
  schedule: option.checked(
    option.lines({
      summary:
        "commands that run at their times, one a line: times of systemd, then the command; or NAME = times and command",
      optional: true,
      example: "daily bin/backup",
    }),
    eachLine((line, site) => requireName(jobOf(line, site).name)),
  ),
  serviceEnvironment: option.checked(
    option.lines({
      summary:
        "environment variables of the services, NAME=VALUE, one a line. Every user of the host can read them",
      optional: true,
      example: "NODE_ENV=production",
    }),
    eachLine(readVariable),
  ),
  serviceEnvironmentFile: option.path({
    summary:
      "file on the hosts with further environment variables, such as secrets: absolute, or below path. The services start without it, too",
    optional: true,
    example: "/etc/shop.env",
  }),
  serviceOptions: option.checked(
    option.lines({
      summary:
        "further settings of the services, KEY=VALUE in systemd's own form, one a line. They replace the defaults of hostout",
      optional: true,
      example: "MemoryMax=500M",
    }),
    eachLine(readSetting),
  ),
  socketOptions: option.checked(
    option.lines({
      summary: "further settings of the sockets, KEY=VALUE in systemd's own form, one a line",
      optional: true,
      example: "SocketGroup=www-data",
    }),
    eachLine(readSetting),
  ),
  serviceScope: option.choice(["system", "user"], {
    summary:
      "manager of the services: system needs root and starts them as the owner of the site; user needs no root",
    default: "system",
  }),
};

/** The context of a command on a host, with the options of this plugin. */
export type OnHost<A = unknown> = HostContext<OptionValues<typeof options>, A>;
