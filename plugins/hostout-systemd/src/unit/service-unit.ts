import { commandWords } from "./command-words.ts";
import { absoluteCommand } from "./program.ts";
import { commandWord, unitText, unitWord } from "./quote.ts";
import { markerOf, type Unit, type UnitSettings } from "./unit.ts";

/** A service that runs all the time. */
export interface Service {
  readonly name: string;
  readonly command: string;
}

/** Makes the unit of a service. With a socket, the service gets the socket as its file descriptor 3. */
export function serviceUnit({ name, command }: Service, hasSocket: boolean, settings: UnitSettings): Unit {
  const socket = hasSocket ? `${name}.socket` : undefined;
  const lasting: readonly Setting[] = [
    // A site whose database starts later than the site comes up in the end, however long that takes.
    ["StartLimitIntervalSec", "0"],
    ...(socket === undefined ? [] : [["Requires", socket] as const]),
    ["After", socket === undefined ? "network.target" : `network.target ${socket}`],
  ];
  return {
    name: `${name}.service`,
    text: unitFile(settings, {
      Unit: [...described(name, settings), ...lasting],
      Service: [
        ...surroundings(settings),
        ["ExecStart", commandLine(command, settings)],
        ...unlessSet(settings.serviceOptions, [
          ["Restart", "always"],
          // Longer than a start is watched: a service that ended is not taken for one that runs.
          ["RestartSec", "2"],
          ["KillMode", "mixed"],
          ["TimeoutStopSec", "30"],
          ...sandbox(settings),
        ]),
        ...settings.serviceOptions.map(asSetting),
      ],
      Install: [["WantedBy", settings.scope === "user" ? "default.target" : "multi-user.target"]],
    }),
  };
}

/** Makes the unit of a command that runs at its times and ends. */
export function jobUnit({ name, command }: Service, settings: UnitSettings): Unit {
  return {
    name: `${name}.service`,
    text: unitFile(settings, {
      Unit: [...described(name, settings), ["After", "network.target"]],
      Service: [
        ["Type", "oneshot"],
        ...surroundings(settings),
        ["ExecStart", commandLine(command, settings)],
        ...unlessSet(settings.serviceOptions, sandbox(settings)),
        // Those two are about services that stay.
        ...settings.serviceOptions.map(asSetting).filter(([key]) => key !== "Type" && key !== "Restart"),
      ],
    }),
  };
}

type Setting = readonly [key: string, value: string];

/** Makes the text of a unit file, with the marker of hostout first. */
export function unitFile(
  settings: UnitSettings,
  sections: Readonly<Record<string, readonly Setting[]>>,
): string {
  const blocks = Object.entries(sections).map(
    ([name, lines]) => `[${name}]\n${lines.map(([key, value]) => `${key}=${value}\n`).join("")}`,
  );
  return `${markerOf(settings)}\n${blocks.join("\n")}`;
}

/** Returns the settings that say which unit that is, and what must be mounted for it. */
export function described(name: string, { site, path, scope }: UnitSettings): readonly Setting[] {
  const description: Setting = ["Description", unitText(name === site ? site : `${name} of ${site}`)];
  return scope === "user" ? [description] : [description, ["RequiresMountsFor", unitWord(path)]];
}

/** Reads a line of further options, `KEY=VALUE`. */
export function asSetting(line: string): Setting {
  const at = line.indexOf("=");
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

function surroundings({
  scope,
  owner,
  path,
  environment,
  environmentFile,
}: UnitSettings): readonly Setting[] {
  const file = environmentFile?.startsWith("/") ? environmentFile : `${path}/${environmentFile}`;
  return [
    // The group is the account's own, as it is if none is named.
    ...(scope === "user" ? [] : [["User", unitText(owner)] as const]),
    ["WorkingDirectory", unitText(`${path}/current`)],
    ...environment.map((line) => ["Environment", unitWord(line)] as const),
    // The minus: the service starts without the file, too.
    ...(environmentFile === undefined ? [] : [["EnvironmentFile", `-${unitText(file)}`] as const]),
  ];
}

/** The rights that a site needs seldom. A manager of one user cannot make namespaces, so it takes one right only. */
function sandbox({ scope, path }: UnitSettings): readonly Setting[] {
  if (scope === "user") return [["NoNewPrivileges", "yes"]];
  return [
    ["NoNewPrivileges", "yes"],
    ["PrivateTmp", "yes"],
    ["ProtectSystem", "strict"],
    ["ReadWritePaths", unitWord(path)],
  ];
}

/** Returns the defaults without those that the site sets by itself. systemd adds up lists of paths. */
function unlessSet(options: readonly string[], defaults: readonly Setting[]): readonly Setting[] {
  const set = new Set(options.map((line) => asSetting(line)[0]));
  return defaults.filter(([key]) => key === "ReadWritePaths" || !set.has(key));
}

function commandLine(command: string, { path }: UnitSettings): string {
  return absoluteCommand(commandWords(command), `${path}/current`).map(commandWord).join(" ");
}
