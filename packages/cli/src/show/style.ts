/** Colours of output; plain text where nobody looks at it, or NO_COLOR is set (no-color.org). */
export interface Style {
  /** Whether there are any. */
  readonly hasColours: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

export function makeStyle(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const colours = isTerminal(stream, environment) && !environment.NO_COLOR;
  const paint = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    hasColours: colours,
    bold: paint(1),
    dim: paint(2),
    red: paint(31),
    green: paint(32),
    yellow: paint(33),
  };
}

/** CI and TERM=dumb are no terminals, whatever they are connected to. */
export function isTerminal(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !environment.CI && environment.TERM !== "dumb";
}
