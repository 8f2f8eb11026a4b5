/**
 * Returns data as JSON that is safe in a terminal. Control characters that JSON leaves unchanged become escapes
 * such as `\u009b`.
 */
export function jsonText(data: unknown, space?: number): string {
  return JSON.stringify(data, null, space).replaceAll(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
