import type { Event } from "@hostout/kit";
import { visibleData, visibleLine } from "./visible-text.ts";

/** An event for people: what hosts, files and journals wrote has no power over the terminal. Output keeps its colours where there are colours. */
export function visibleEvent(event: Event, hasColours: boolean): Event {
  if (event.type === "progress") return event;
  if (event.type !== "output") return visibleData(event);
  return { ...visibleData({ ...event, line: "" }), line: visibleLine(event.line, hasColours) };
}
