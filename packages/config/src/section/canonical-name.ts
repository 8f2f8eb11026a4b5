/**
 * Normalises the name of a Python project for comparison: `Zope_Interface` and `zope.interface` are the same.
 * (PEP 503)
 */
export function canonicalName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
