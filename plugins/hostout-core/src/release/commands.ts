import { definePlugin, option } from "@hostout/kit";
import { releaseOptions } from "./values/release-options.ts";

const release = option.string({
  summary: "name of a release, or the last part of it",
  optional: true,
  example: "20261120T101500Z-ab12cd34",
});

const nothing = async () => ({ status: "skipped", note: "nothing to do" }) as const;

// What the commands need is loaded when they are run: each call of hostout loads this.

/** Package, deploy, rollback, and what keeps the releases of a site on its hosts. */
export const releases = definePlugin({
  name: "hostout-core",
  options: releaseOptions,
  commands: {
    package: {
      summary: "Package the site on this machine: its files, development packages and pins, as one archive",
      readOnly: true,
      reads: [
        "buildout",
        "localBuildCommand",
        "buildCommand",
        "include",
        "exclude",
        "packages",
        "versionsFile",
        "packageFormat",
        "python",
        "localPython",
        "parts",
        "sudoParts",
      ],
      runOnce: async (context) => (await import("./make/package-site.ts")).packageSite(context),
    },
    deploy: {
      summary: "Deploy a new release to every host",
      description:
        "hostout stops and switches no site before the release is complete on every host. A host whose health check fails rolls back automatically.",
      args: {
        rebuild: option.flag({ summary: "make a new release, also of a package that a host has built" }),
      },
      examples: ["deploy", "deploy --rebuild"],
      reads: [],
      around: async (context, next) => (await import("./make/rebuild.ts")).maybeRebuild(context, next),
      steps: ["package", "rollout"],
    },
    rollout: {
      summary: "Make the release of the package and switch to it, under the lock",
      reads: ["path"],
      around: async (context, next) => {
        const [{ rollOut }, { explainLogin }] = await Promise.all([
          import("./switch/rollout.ts"),
          import("./look/explain-login.ts"),
        ]);
        return explainLogin(context, rollOut(context, next));
      },
      steps: [
        "predeploy",
        "bootstrap",
        "upload",
        "pre-commands",
        "buildout",
        { steps: ["go-live"], rolling: true, undo: ["go-back"] },
        "postdeploy",
        "cleanup",
      ],
    },
    prepare: {
      summary: "Make a release on every host, without a switch",
      description:
        "Activate it later: hostout SITE activate. Clean-up keeps the last releases that were prepared (keep). Where another release is live by then, activate fails.",
      around: async (context, next) => (await import("./make/preparing.ts")).markPreparing(context, next),
      reads: [],
      steps: ["package", "check", "predeploy", "bootstrap", "upload", "buildout"],
    },
    predeploy: {
      summary: "Run the plugins' work on each host before a release",
      reads: [],
      run: nothing,
    },
    bootstrap: {
      summary: "Create the virtual environment for buildout, if missing",
      reads: ["path", "python"],
      run: async (context) => (await import("./make/make-runtime.ts")).makeRuntime(context),
    },
    "pre-commands": {
      summary: "Run the lines of pre-commands, before the release is built",
      description:
        "They run on every host before any host builds. Lines that stop a site keep it stopped during the build: stop-cmd stops it for the switch only.",
      reads: ["path", "preCommands", "commandsAs"],
      run: async (context) => (await import("./switch/stop-start.ts")).runPreCommands(context),
    },
    upload: { summary: "Send the package to each host", steps: ["uploadeggs", "uploadbuildout"] },
    uploadeggs: {
      summary: "Send of the package (development packages, configuration, files) what a host does not have",
      reads: ["path"],
      run: async (context) => (await import("./make/upload.ts")).uploadPackage(context),
    },
    uploadbuildout: {
      summary: "Make the folder of the release from the package",
      reads: ["path"],
      run: async (context) => (await import("./make/upload.ts")).unpackPackage(context),
    },
    buildout: {
      summary: "Build the release on each host",
      description:
        "A release that is built already is left: hostout SITE deploy --rebuild makes another one.",
      rest: { name: "argument", summary: "options of buildout", takes: "flags" },
      reads: [
        "buildCommand",
        "parts",
        "sudoParts",
        "python",
        "buildoutCache",
        "buildoutUser",
        "effectiveUser",
      ],
      run: async (context) => (await import("./make/build-release.ts")).buildRelease(context),
    },
    "go-live": {
      summary: "Stop the site, switch to the release, start it, verify it",
      around: async (context, next) => (await import("./switch/go-live.ts")).goLiveOnce(context, next),
      reads: ["path", "stopCmd", "preCommands", "postCommands"],
      steps: [{ steps: ["stop", "activate", "start", "verify"], whole: true }],
    },
    stop: {
      summary: "Stop the site",
      reads: ["stopCmd", "preCommands", "postCommands", "commandsAs"],
      run: async (context) => (await import("./switch/stop-start.ts")).stopSite(context),
    },
    activate: {
      summary: "Switch to a release: one rename on the host",
      args: { release },
      examples: ["activate", "activate ab12cd34"],
      reads: ["path", "links"],
      run: async (context) => (await import("./switch/activate.ts")).activate(context),
    },
    start: {
      summary: "Start the site",
      reads: ["startCmd", "preCommands", "postCommands", "commandsAs"],
      run: async (context) => (await import("./switch/stop-start.ts")).startSite(context),
    },
    verify: {
      summary: "Check the live release by the lines of verify",
      reads: ["verify", "verifyTimeout", "commandsAs"],
      readOnly: true,
      run: async (context) => (await import("./switch/verify-release.ts")).verifyRelease(context),
    },
    "go-back": {
      summary: "Return to the release before this run",
      reads: ["path"],
      run: async (context) => (await import("./switch/activate.ts")).goBack(context),
    },
    restart: {
      summary: "Restart the live release, batch by batch",
      description:
        "hostout stops, starts and verifies the hosts of a batch. An interrupt waits for the end of that batch. After a host that fails, the hosts of later batches keep running.",
      reads: ["path"],
      around: async (context, next) => (await import("./switch/restart.ts")).restart(context, next),
      steps: [{ steps: ["restart-live"], rolling: true }],
    },
    "restart-live": {
      summary: "Stop the live release, start it, verify it",
      reads: ["path"],
      around: async (context, next) => (await import("./switch/restart.ts")).restartLive(context, next),
      steps: [{ steps: ["stop", "start", "verify"], whole: true }],
    },
    postdeploy: {
      summary: "Run the plugins' work on each host after a release",
      reads: [],
      run: nothing,
    },
    rollback: {
      summary: "Return to the previous release, without a build",
      description:
        "If the hosts have different rollback targets, hostout refuses before any switch. Name a release, or roll each host back to its own with --anyway.",
      args: {
        release,
        anyway: option.flag({ summary: "roll each host back to its own release, also where they differ" }),
      },
      examples: ["rollback", "rollback ab12cd34"],
      reads: ["path"],
      around: async (context, next) => (await import("./switch/rollback.ts")).rollBack(context, next),
      // All hosts meet there: each has found what it would go back to.
      steps: [],
    },
    releases: {
      summary: "List the releases on each host",
      readOnly: true,
      reads: ["path"],
      run: async (context) => (await import("./look/list-releases.ts")).listReleases(context),
    },
    status: {
      summary: "Show each host's live release, health, rollback target, lock holder and drift",
      readOnly: true,
      reads: ["path", "verify"],
      run: async (context) => (await import("./look/site-status.ts")).siteStatus(context),
    },
    drift: {
      summary: "Name the files that were edited on the host",
      readOnly: true,
      reads: ["path"],
      run: async (context) => (await import("./look/look-for-drift.ts")).lookForDrift(context),
    },
    cleanup: {
      summary: "Remove releases and packages that are not needed any more",
      description:
        "The live release, the rollback target, pinned releases and the last formerly live ones (keep) stay.",
      idempotent: true,
      reads: ["path", "keep"],
      run: async (context) => (await import("./clean-up.ts")).cleanUp(context),
    },
    pin: {
      summary: "Protect a release from clean-up; by default the live one",
      args: { release, off: option.flag({ summary: "give it back to clean-up" }) },
      examples: ["pin", "pin ab12cd34 --off"],
      idempotent: true,
      reads: ["path"],
      run: async (context) => (await import("./pin-release.ts")).pinRelease(context),
    },
    unlock: {
      summary: "End the run that holds the site's lock on a host",
      reads: ["path"],
      run: async (context) => (await import("./unlock.ts")).unlock(context),
    },
    check: {
      summary: "Look whether each host can take a release; nothing is changed",
      readOnly: true,
      reads: [
        "path",
        "python",
        "links",
        "buildout",
        "buildCommand",
        "preCommands",
        "stopCmd",
        "startCmd",
        "postCommands",
        "verify",
        "commandsAs",
        "sudoParts",
        "buildoutUser",
        "effectiveUser",
      ],
      run: async (context) => {
        const [{ checkHost }, { explainLogin }] = await Promise.all([
          import("./look/check-host.ts"),
          import("./look/explain-login.ts"),
        ]);
        return explainLogin(context, checkHost(context));
      },
    },
  },
});
