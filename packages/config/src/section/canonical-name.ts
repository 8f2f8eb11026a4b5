/** A Python project's name as names are compared: `Zope_Interface` and `zope.interface` are one. (PEP 503) */
export function canonicalName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
