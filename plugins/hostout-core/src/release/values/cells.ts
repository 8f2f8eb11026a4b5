import { cell, commandValue } from "@hostout/kit";
import type { Look } from "@hostout/releases";
import type { Built } from "../make/build-release.ts";
import type { Runtime } from "../make/make-runtime.ts";
import type { Packaged } from "../make/package-site.ts";
import type { Uploaded } from "../make/upload.ts";
import type { Activated } from "../switch/activate.ts";
import type { haltedValue } from "../switch/halted.ts";

/** Values of the commands of this plugin. */
export const packagedValue = commandValue<Packaged>("hostout-core", "package");
export const uploadedValue = commandValue<Uploaded>("hostout-core", "uploadbuildout");
export const builtValue = commandValue<Built>("hostout-core", "buildout");
export const runtimeValue = commandValue<Runtime>("hostout-core", "bootstrap");
export const activatedValue = commandValue<Activated>("hostout-core", "activate");
export const liveValue = commandValue<unknown>("hostout-core", "go-live");

/** The values of the commands that may stop a site. */
export const haltedValues = {
  "pre-commands": commandValue<typeof haltedValue>("hostout-core", "pre-commands"),
  stop: commandValue<typeof haltedValue>("hostout-core", "stop"),
};

/** The release whose folder the upload made in the same command, by name. */
export const unpackedCell = cell<string>("hostout-core/unpacked");

/** The state of the host that a deploy has just read, for its check. */
export const lookCell = cell<Look>("hostout-core/look");

/** Why the release failed its check, for the way back. */
export const failureCell = cell<string>("hostout-core/failure");
