/** Converts a time of the log of switches, `20261120T101500Z`, to the form `2026-11-20T10:15:00Z`. Other texts stay. */
export function readableTime(text: string): string {
  return text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
}
