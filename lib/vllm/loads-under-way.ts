import type { Outbound } from "#lib/platform/outbound.ts";

/**
 * Loads whose reply has not come yet, over every client of one process: a load may run for minutes on the node, and a
 * second one of the same name would only wait behind it and then fail.
 */
const underWay = new WeakMap<Outbound, Set<string>>();

/** @returns whether this caller may send it; if so, `done` must be called when the reply is there or given up */
export function beginLoad(
  outbound: Outbound,
  baseUrl: string,
  loraName: string,
): { mayLoad: true; done(): void } | { mayLoad: false } {
  const running = underWay.get(outbound) ?? new Set<string>();
  underWay.set(outbound, running);
  const key = `${baseUrl} ${loraName}`;
  if (running.has(key)) return { mayLoad: false };
  running.add(key);
  return { mayLoad: true, done: () => void running.delete(key) };
}
