import type { Origin } from "./value.ts";

/** What can be wrong with a configuration: the table of docs/reference/configuration.md. */
export type ConfigErrorKind =
  | "missing-file"
  | "decode-error"
  | "no-section-header"
  | "parse-error"
  | "condition-error"
  | "recursive-include"
  | "extended-by"
  | "bad-assignment"
  | "url"
  | "macro-loop"
  | "macro-missing-section"
  | "missing-section"
  | "missing-option"
  | "circular"
  | "no-colon"
  | "too-many-colons"
  | "bad-section-name"
  | "bad-option-name";

/** A fault of a configuration file: what, where, what to try. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  readonly kind: ConfigErrorKind;
  readonly origin: Origin | undefined;
  readonly hint: string | undefined;

  constructor(kind: ConfigErrorKind, message: string, origin: Origin | undefined, hint?: string) {
    super(message);
    this.kind = kind;
    this.origin = origin;
    this.hint = hint;
  }
}
