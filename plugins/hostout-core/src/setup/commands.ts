import { definePlugin } from "@hostout/kit";
import { releaseOptions } from "../release/values/release-options.ts";
import { setupOptions } from "./setup-options.ts";

const accounts = [
  "effectiveUser",
  "buildoutUser",
  "buildoutGroup",
  "identityFile",
  "path",
  "setupUser",
  "setupPassword",
  "setupIdentityFile",
  "setupHome",
  "setupRoot",
  "setupSudoers",
  "hostos",
  "bootstrapCommand",
  "nodeArchive",
  "python",
  "buildout",
  "buildCommand",
] as const;

/** From a bare host to one that takes a release: accounts, a key, rights, programs. */
export const setup = definePlugin({
  name: "hostout-core",
  options: { ...releaseOptions, ...setupOptions },
  commands: {
    setup: {
      summary: "Prepare bare hosts: accounts, key, sudo rights, Python or Node",
      description:
        "Logs in as setup-user where the login user of the site cannot. Prints the changes, asks, and proves the new login. A second run changes nothing.",
      examples: ["setup", "setup --dry-run", "setup --yes"],
      ownLogin: true,
      reads: [],
      aroundOnce: async (context, next) => (await import("./setup.ts")).setUp(context, next),
      around: async (context, next) => (await import("./setup.ts")).takeAgreed(context, next),
      steps: ["bootstrap_users", "bootstrap_python", "bootstrap_buildout"],
    },
    "setup-plan": {
      summary: "Print the changes that setup would make on each host",
      readOnly: true,
      ownLogin: true,
      reads: [...accounts, "commandsAs", "preCommands", "stopCmd", "startCmd", "postCommands"],
      run: async (context) => (await import("./parts.ts")).planSetup(context),
    },
    bootstrap_users: {
      summary: "Make the accounts of the site, and let them log in",
      description:
        "A command bootstrap_users_SYSTEM of the site, such as bootstrap_users_alpine, takes its place.",
      ownLogin: true,
      reads: accounts,
      run: async (context) => (await import("./parts.ts")).bootstrapUsers(context),
    },
    bootstrap_python: {
      summary: "Install the Python or Node that builds the site",
      description:
        "The packages of the system, or the lines of bootstrap-command. A command bootstrap_python_SYSTEM of the site takes its place.",
      ownLogin: true,
      reads: accounts,
      run: async (context) => (await import("./parts.ts")).bootstrapPython(context),
    },
    bootstrap_buildout: {
      summary: "Make the folder of the site, and its virtual environment",
      ownLogin: true,
      reads: accounts,
      run: async (context) => (await import("./parts.ts")).bootstrapBuildout(context),
    },
  },
});
