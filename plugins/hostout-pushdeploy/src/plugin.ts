import { definePlugin, option } from "@hostout/kit";
import { bootstrap, buildout } from "./build.ts";
import { checkout } from "./checkout.ts";
import { options } from "./options.ts";
import { pull } from "./pull.ts";
import {
  deployEtc,
  deploySupervisor,
  restart,
  restartHere,
  stageSupervisor,
  start,
  stop,
} from "./restart.ts";
import { update } from "./update.ts";

const branch = option.string({
  summary: "branch, tag or revision; if not given, the present branch",
  optional: true,
});

const staged = ["path", "stagingPath", "effectiveUser", "buildoutUser", "localSudo"] as const;

/** Staging and production are alike: build here, send what was built, restart there. After datakurre's hostout.pushdeploy. */
export const plugin = definePlugin({
  name: "hostout-pushdeploy",
  options,
  commands: {
    stage: {
      summary: "Bring the staged site up to date: data of production, code of the repository, build",
      steps: ["pull", "update", "bootstrap", "buildout", { command: "local_restart", when: "localRestart" }],
    },
    deploy: {
      summary: "Send the staged build to production and restart the site there",
      needs: ["restart"],
      description: "A host where it fails serves what it served before.",
      reads: ["path"],
      // With the store of releases, which other commands do not need.
      around: async (context, next) => (await import("./deploy-lock.ts")).deployUnderLock(context, next),
      steps: [{ steps: ["push", "deploy_etc", "restart"], whole: true, undo: ["go-back"] }],
    },
    "go-live": {
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
      runOnce: checkout,
    },
    update: {
      summary: "Update the staged checkout from its repository",
      args: { branch, force: option.flag({ summary: "discard edits that are not committed" }) },
      examples: ["update", "update mybranch"],
      reads: staged,
      runOnce: update,
    },
    bootstrap: {
      summary: "Make bin/buildout of the staged buildout",
      args: { force: option.flag({ summary: "also where it is there already" }) },
      reads: [...staged, "bootstrapPython", "executable", "buildout"],
      runOnce: bootstrap,
    },
    buildout: {
      summary: "Run the staged buildout on this machine",
      rest: { name: "argument", summary: "options of bin/buildout, or parts to install", takes: "flags" },
      examples: ["buildout", "buildout -o", "buildout instance"],
      reads: [...staged, "buildout"],
      runOnce: buildout,
    },
    pull: {
      summary: "Fetch the data of production into the staged site",
      readOnly: true,
      reads: [...staged, "data", "remoteSudo"],
      run: pull,
    },
    push: {
      summary: "Send the staged build (bin, parts, eggs) to production; data is left alone",
      args: { delete: option.flag({ summary: "remove files of the build that staging no longer has" }) },
      reads: [...staged, "pushFolders", "data", "relocatable", "buildout", "remoteSudo"],
      run: async (context) => (await import("./push.ts")).push(context),
    },
    restart: {
      summary: "Restart the site on production",
      needs: ["restart"],
      reads: ["path", "restart", "remoteSudo"],
      run: restart,
    },
    start: { summary: "Start the site on production", reads: ["path", "start", "remoteSudo"], run: start },
    stop: { summary: "Stop the site on production", reads: ["path", "stop", "remoteSudo"], run: stop },
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
