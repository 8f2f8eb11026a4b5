import {
  type Emit,
  type Event,
  type Listener,
  type ListenerDefinition,
  reportError,
  type Site,
} from "@hostout/kit";

/** A listener with its name for warnings. */
export interface NamedListener {
  readonly name: string;
  readonly listener: Listener;
  /** The sites whose tasks the listener receives. Default: all. */
  readonly sites?: ReadonlySet<string>;
}

/** The time for a listener to send its last data, in milliseconds. */
const closingMs = 10_000;

/**
 * Opens the listeners of plugins. Several sites with a plugin share its listener. An error only causes a
 * warning.
 */
export async function openListeners(
  sites: readonly Site[],
  warn: (text: string) => void,
): Promise<readonly NamedListener[]> {
  const asked = new Map<ListenerDefinition, { readonly name: string; readonly own: Site[] }>();
  for (const site of sites)
    for (const { name: plugin, listeners = {} } of site.plugins)
      for (const [listener, definition] of Object.entries(listeners)) {
        const entry = asked.get(definition) ?? { name: `${plugin} ${listener}`, own: [] };
        entry.own.push(site);
        asked.set(definition, entry);
      }
  const opened = await Promise.all(
    [...asked].map(async ([definition, { name, own }]): Promise<readonly NamedListener[]> => {
      try {
        const listener = await definition.open({ sites: own, warn });
        return listener ? [{ name, listener, sites: new Set(own.map((site) => site.name)) }] : [];
      } catch (error) {
        warn(faultOf(name, error));
        return [];
      }
    }),
  );
  return opened.flat();
}

/**
 * Passes each event to the listeners, in order. A listener that throws gets no more events, and the run goes
 * on.
 */
export function tellListeners(listeners: readonly NamedListener[], warn: (text: string) => void): Emit {
  const broken = new Set<NamedListener>();
  return (event) => {
    for (const one of listeners) {
      if (broken.has(one) || !isFor(one, event)) continue;
      try {
        one.listener.event(event);
      } catch (error) {
        broken.add(one);
        warn(faultOf(one.name, error));
      }
    }
  };
}

/** Closes the listeners, so that they send their last data. */
export async function closeListeners(
  listeners: readonly NamedListener[],
  warn: (text: string) => void,
): Promise<void> {
  await Promise.all(
    listeners.map(async ({ name, listener }) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error("no end within 10 seconds")), closingMs);
      });
      try {
        await Promise.race([listener.close?.(), late]);
      } catch (error) {
        warn(faultOf(name, error));
      } finally {
        clearTimeout(timer);
      }
    }),
  );
}

function isFor({ sites }: NamedListener, event: Event): boolean {
  return sites === undefined || !("site" in event) || sites.has(event.site);
}

function faultOf(name: string, error: unknown): string {
  return `the listener ${name} failed: ${reportError(error).message}`;
}
