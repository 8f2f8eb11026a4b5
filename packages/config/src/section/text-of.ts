import type { Config } from "../config.ts";
import { ConfigError } from "../config-error.ts";

/**
 * Returns the text of an option. Empty if it is not set, or does not resolve because a recipe sets an option
 * that it refers to.
 */
export function textOf(config: Config, section: string, option: string): string {
  try {
    return config.option(section, option)?.text ?? "";
  } catch (error) {
    if (error instanceof ConfigError) return "";
    throw error;
  }
}
