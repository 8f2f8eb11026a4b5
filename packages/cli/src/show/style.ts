/** The colours of output. They are off without a terminal, or if NO_COLOR is set (no-color.org). */
export interface Style {
  /** Whether the style has colours. */
  readonly hasColours: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** Returns the style for a stream. */
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

/** Checks for a terminal. CI and TERM=dumb never count as one. */
export function isTerminal(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !environment.CI && environment.TERM !== "dumb";
}
