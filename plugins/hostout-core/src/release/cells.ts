import { cell, commandValue } from "@hostout/kit";
import type { Look } from "@hostout/releases";
import type { Built } from "./make/build-release.ts";
import type { Runtime } from "./make/make-runtime.ts";
import type { Packaged } from "./make/package-site.ts";
import type { Uploaded } from "./make/upload.ts";
import type { Activated } from "./switch/activate.ts";
import type { haltedValue } from "./switch/halted.ts";

/** Values of the commands of this plugin. */
export const packagedValue = commandValue<Packaged>("package");
export const uploadedValue = commandValue<Uploaded>("uploadbuildout");
export const builtValue = commandValue<Built>("buildout");
export const runtimeValue = commandValue<Runtime>("bootstrap");
export const activatedValue = commandValue<Activated>("activate");
export const liveValue = commandValue<unknown>("go-live");

/** The values of the commands that may stop a site. */
export const haltedValues = {
  "pre-commands": commandValue<typeof haltedValue>("pre-commands"),
  stop: commandValue<typeof haltedValue>("stop"),
};

/** The state of the host that a deploy has just read, for its check. */
export const lookCell = cell<Look>("hostout-core/look");

/** Why the release failed its check, for the way back. */
export const failureCell = cell<string>("hostout-core/failure");
