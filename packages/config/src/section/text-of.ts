import type { Config } from "../config.ts";
import { ConfigError } from "../config-error.ts";

/** The text of an option; empty where it is not set, or does not resolve: recipes may set what it refers to. */
export function textOf(config: Config, section: string, option: string): string {
  try {
    return config.option(section, option)?.text ?? "";
  } catch (error) {
    if (error instanceof ConfigError) return "";
    throw error;
  }
}
