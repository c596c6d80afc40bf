import type { Tx } from "#lib/platform/db.ts";
import { stepStart } from "../rollup.ts";
import { recentRequests } from "../scrape/scrape-store.ts";
import { countedMinutes, probeTimes } from "./derived-rollup-store.ts";
import { SCRAPE_MS } from "./derived-rows.ts";
import { endTimes } from "./derived-store.ts";
import { TRACE_LAG_MS } from "./follow-node.ts";
import { type ForeignTraffic, judgeForeign, judgeRecent, LATE_MS, RECENT_SCRAPES } from "./foreign-traffic.ts";

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

/** A scrape is judged once the traces of what it counted have come. */
const RECENT_MS = (RECENT_SCRAPES + 1) * SCRAPE_MS;

/**
 * Whether others than us use a node now. What began a moment ago shows in the last scrapes, and stays shown in the minutes
 * after them.
 */
export async function foreignNow(tx: Tx, nodeId: string, now: Date): Promise<ForeignTraffic | null> {
  return (await readForeign(tx, nodeId, tracedUntil(now))) ?? (await readRecent(tx, nodeId, now));
}

async function readRecent(tx: Tx, nodeId: string, now: Date): Promise<ForeignTraffic | null> {
  const to = new Date(now.getTime() - TRACE_LAG_MS - LATE_MS);
  const from = new Date(to.getTime() - RECENT_MS);
  const counts = (await recentRequests(tx, nodeId)).flatMap(([fromMs, toMs, counted]) =>
    toMs >= from.getTime() && toMs < to.getTime() ? { fromMs, toMs, counted } : [],
  );
  const begun = counts[0]?.fromMs;
  if (begun === undefined) return null;
  const beside = { from: new Date(begun - MINUTE_MS), to: now };
  const ended = await endTimes(tx, nodeId, { from: new Date(begun), to: now });
  return judgeRecent(counts, ended, await probeTimes(tx, nodeId, beside));
}
