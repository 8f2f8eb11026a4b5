import { definePlugin, option, type Plugin } from "@hostout/kit";
import { get, put, sync } from "./files.ts";
import { releases } from "./release/commands.ts";
import { setup } from "./setup/commands.ts";
import { run, shell, sudo } from "./shell.ts";
import { commandKind, urlKind } from "./verify/check-kinds.ts";

const line = {
  name: "word",
  summary: "a command: one word is a line for the shell, several are its words",
  takes: "everything" as const,
};
const local = option.string({ summary: "file or folder on this machine", example: "theme.css" });
const remote = option.string({
  summary: "where it is on the host: absolute, or below path",
  example: "/etc/motd",
});

const machines = definePlugin({
  name: "hostout-core",
  commands: {
    run: {
      summary: "Run a command on each host as the login user, in path",
      description:
        "If path does not exist, hostout runs nothing. Without the option path, the command runs in ~/buildout, or in the home folder if that does not exist. In another folder: hostout SITE:path=/ SITE run uptime",
      rest: line,
      examples: ["run uptime", "run 'df -h | tail -1'"],
      run,
    },
    sudo: {
      summary: "Run a command on each host as root, in path",
      rest: line,
      examples: ["sudo supervisorctl status"],
      run: sudo,
    },
    shell: {
      summary: "Open a shell on a host, in path",
      description:
        "With several hosts, one shell after the other. The status of the shell is that of the command; with --any-status, the next command runs whatever it is.",
      args: { anyStatus: option.flag({ summary: "go on, whatever status the shell ends with" }) },
      examples: ["shell --any-status"],
      run: shell,
    },
    put: {
      summary: "Send a file or folder to each host",
      description: "An existing file is replaced whole. Other files of an existing folder stay.",
      args: {
        local,
        remote: option.string({
          summary: "where to put it: absolute, or below path; its own name if not given",
          optional: true,
        }),
      },
      examples: ["put theme.css static/theme.css"],
      run: put,
    },
    get: {
      summary: "Fetch a file or folder from each host",
      description: "With several hosts, each one's goes into a folder of the host's name.",
      args: {
        remote,
        local: option.string({
          summary: "where to put it; its own name in this folder if not given",
          optional: true,
        }),
      },
      examples: ["get var/log/instance.log"],
      readOnly: true,
      run: get,
    },
    sync: {
      summary: "Make a folder on each host like one here, or one here like that of the host",
      args: {
        local,
        remote,
        pull: option.flag({ summary: "fetch instead of send" }),
        delete: option.flag({ summary: "remove what the source does not have" }),
      },
      examples: ["sync htdocs /srv/htdocs --delete"],
      run: sync,
    },
  },
});

/** The plugin with the commands that every site has. */
export const plugin: Plugin = {
  ...machines,
  options: setup.options,
  commands: { ...machines.commands, ...releases.commands, ...setup.commands },
  checks: { url: urlKind, command: commandKind },
};
