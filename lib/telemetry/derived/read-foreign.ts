import type { Tx } from "#lib/platform/db.ts";
import { stepStart } from "../rollup.ts";
import { countedMinutes, probeTimes } from "./derived-rollup-store.ts";
import { type ForeignTraffic, judgeForeign } from "./foreign-traffic.ts";

const MINUTE_MS = 60_000;
const WINDOW_MS = 10 * MINUTE_MS;

/** The end of the last minute whose traces have all come. */
export const tracedUntil = (now: Date): Date => stepStart(new Date(now.getTime() - MINUTE_MS), 60);

/** Whether others than us use a node, by the ten minutes before `to`; null = no, or nobody can tell. */
export async function readForeign(tx: Tx, nodeId: string, to: Date): Promise<ForeignTraffic | null> {
  const window = { from: new Date(to.getTime() - WINDOW_MS), to };
  const minutes = (await countedMinutes(tx, window, nodeId)).get(nodeId) ?? [];
  const beside = { from: new Date(window.from.getTime() - MINUTE_MS), to: new Date(to.getTime() + MINUTE_MS) };
  return judgeForeign(minutes, await probeTimes(tx, nodeId, beside));
}
