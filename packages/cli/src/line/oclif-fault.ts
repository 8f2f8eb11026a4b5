/** Returns the error of oclif's parser on one line, with the names of missing arguments. */
export function oclifFault(error: Error & { readonly args?: readonly unknown[] }): string {
  const [what = ""] = error.message.split("\n");
  if (!what.startsWith("Missing ") || error.args === undefined) return what.replace(/:$/, "");
  const names = error.args.map((arg) => (arg as { readonly name: string }).name);
  return `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} missing`;
}
