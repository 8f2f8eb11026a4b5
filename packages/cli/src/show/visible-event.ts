import type { Event } from "@hostout/kit";
import { visibleData, visibleLine } from "./visible-text.ts";

/**
 * Returns an event without control characters of hosts, files and journals. Output keeps its colours if the
 * stream has colours.
 */
export function visibleEvent(event: Event, hasColours: boolean): Event {
  if (event.type === "progress") return event;
  if (event.type !== "output") return visibleData(event);
  return { ...visibleData({ ...event, line: "" }), line: visibleLine(event.line, hasColours) };
}
