import { cell, commandValue } from "@hostout/kit";

/** The release to which `activate` switched. */
export const activatedValue = commandValue<{ readonly release: string }>("hostout-pushdeploy", "activate");

/** Set while a composition keeps the lock of a host until its steps end. */
export const keeping = cell<true>("hostout-pushdeploy/keeping");

/** Set while that composition is a deploy, which restarts the site. */
export const deploying = cell<true>("hostout-pushdeploy/deploying");

/** Set if the push of that composition removes files that staging does not have. */
export const deleting = cell<true>("hostout-pushdeploy/deleting");

/** The steps on staging that a dry run skipped. */
export const pretended = cell<readonly ("checkout" | "bin/buildout")[]>("hostout-pushdeploy/pretended");
