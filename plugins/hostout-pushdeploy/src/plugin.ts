import { definePlugin, option } from "@hostout/kit";
import { options } from "./options.ts";
import {
  deployEtc,
  deploySupervisor,
  restart,
  restartHere,
  stageSupervisor,
  start,
  stop,
} from "./production/restart.ts";

const branch = option.string({
  summary: "branch, tag or revision; if not given, the present branch",
  optional: true,
});

const drop = option.flag({ summary: "remove files of the build that staging no longer has" });

const staged = ["path", "stagingPath", "effectiveUser", "buildoutUser", "localSudo"] as const;

/**
 * The plugin for sites whose staging equals production: build here, send the build, restart there. After
 * datakurre's hostout.pushdeploy.
 */
export const plugin = definePlugin({
  name: "hostout-pushdeploy",
  options,
  commands: {
    stage: {
      summary: "Bring the staged site up to date: data of production, code of the repository, build",
      description: "Sites that share a staging folder are staged one after the other.",
      reads: ["path", "stagingPath"],
      aroundOnce: async (context, next) =>
        (await import("./staging/staging-lock.ts")).stageInTurn(context, next),
      steps: ["pull", "update", "bootstrap", "buildout", { command: "local_restart", when: "localRestart" }],
    },
    deploy: {
      overrides: true,
      summary: "Send the staged build to production and restart the site there",
      needs: ["restart"],
      description:
        "The release is complete on every host before any host switches. A host whose switch, restart or check fails rolls back automatically.",
      args: { delete: drop },
      reads: ["path", "pushDelete"],
      // Loaded with the store of releases, which other commands do not need.
      around: async (context, next) =>
        (await import("./production/deploy-lock.ts")).deployUnderLock(context, next),
      steps: ["send", { steps: ["activate", "deploy_etc", "restart"], rolling: true, undo: ["go-back"] }],
    },
    "go-live": {
      overrides: true,
      summary: "Switch to a release and restart the site",
      reads: ["path"],
      around: async (context, next) => (await import("@hostout/releases")).goLive(context, next),
      steps: [{ steps: ["activate", "restart"], whole: true }],
    },
    checkout: {
      summary: "Check the site's repository (git or hg) out where it is staged",
      aliases: ["clone"],
      args: {
        repository: option.string({
          summary: "address of the repository",
          example: "https://dev.example.com/myrepo",
        }),
        branch: option.string({
          summary: "branch or tag; if not given, the repository's default",
          optional: true,
        }),
      },
      examples: ["checkout https://dev.example.com/myrepo mybranch"],
      reads: [...staged, "scm"],
      runOnce: async (context) => (await import("./staging/checkout.ts")).checkout(context),
    },
    update: {
      summary: "Update the staged checkout from its repository",
      args: { branch, force: option.flag({ summary: "discard edits that are not committed" }) },
      examples: ["update", "update mybranch"],
      reads: staged,
      runOnce: async (context) => (await import("./staging/update.ts")).update(context),
    },
    bootstrap: {
      overrides: true,
      summary: "Make bin/buildout of the staged buildout",
      args: { force: option.flag({ summary: "even if it exists" }) },
      reads: [...staged, "bootstrapPython", "executable", "buildout"],
      runOnce: async (context) => (await import("./staging/build.ts")).bootstrap(context),
    },
    buildout: {
      overrides: true,
      summary: "Run the staged buildout on this machine",
      rest: { name: "argument", summary: "options of bin/buildout, or parts to install", takes: "flags" },
      examples: ["buildout", "buildout -o", "buildout instance"],
      reads: [...staged, "buildout"],
      runOnce: async (context) => (await import("./staging/build.ts")).buildout(context),
    },
    pull: {
      summary: "Fetch the data of production into the staged site",
      readOnly: true,
      reads: [...staged, "data", "remoteSudo"],
      run: async (context) => (await import("./production/pull.ts")).pull(context),
    },
    push: {
      summary: "Send the staged build (bin, parts, eggs) to production; data is left alone",
      description:
        "The release is complete on every host before any host switches. The site is not restarted.",
      args: { delete: drop },
      reads: ["path", "pushDelete"],
      around: async (context, next) =>
        (await import("./production/deploy-lock.ts")).pushUnderLock(context, next),
      steps: ["send", { steps: ["activate"], whole: true }],
    },
    send: {
      summary: "Send the staged build to a new release on each host",
      description: "Nothing switches to that release yet: activate does.",
      args: { delete: drop },
      reads: [...staged, "pushFolders", "pushDelete", "data", "relocatable", "buildout", "remoteSudo"],
      run: async (context) => (await import("./production/send.ts")).send(context),
    },
    prepare: {
      overrides: true,
      summary: "Make a release of the staged build, without switching to it",
      description: "Switch to it later with activate.",
      steps: ["send"],
    },
    activate: {
      overrides: true,
      args: {
        release: option.string({ summary: "name of a release, or the last part of it", optional: true }),
      },
      reads: ["path", "keep"],
      run: async (context, next) => (await import("./production/activate.ts")).activate(context, next),
    },
    "go-back": {
      overrides: true,
      run: async (context, next) => (await import("./production/activate.ts")).goBack(context, next),
    },
    restart: {
      overrides: true,
      summary: "Restart the site on production",
      needs: ["restart"],
      reads: ["path", "restart", "remoteSudo"],
      run: restart,
    },
    start: {
      overrides: true,
      summary: "Start the site on production",
      reads: ["path", "start", "remoteSudo"],
      run: start,
    },
    stop: {
      overrides: true,
      summary: "Stop the site on production",
      reads: ["path", "stop", "remoteSudo"],
      run: stop,
    },
    local_restart: {
      summary: "Restart the staged site on this machine",
      needs: ["restart"],
      reads: [...staged, "restart"],
      runOnce: restartHere,
    },
    deploy_etc: {
      summary: "Copy parts/system/etc of the build to /etc of production",
      reads: [...staged, "remoteSudo"],
      run: deployEtc,
    },
    stage_supervisor: {
      summary: "Put the staged supervisor configuration in place on this machine",
      needs: ["supervisorConf"],
      reads: [...staged, "supervisorConf"],
      runOnce: stageSupervisor,
    },
    deploy_supervisor: {
      summary: "Put the staged supervisor configuration in place on production",
      needs: ["supervisorConf"],
      reads: ["path", "supervisorConf", "remoteSudo"],
      run: deploySupervisor,
    },
  },
});
