/** Whether an environment is one where people work: what is run there is asked for. */
export function isProduction(environment: string | undefined): boolean {
  return /^prod(uction)?$/i.test(environment ?? "");
}
