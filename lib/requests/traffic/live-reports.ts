import type { Tx } from "#lib/platform/db.ts";
import { type GatewayReport, GatewayReportSchema, REPORT_INTERVAL_MS } from "./gateway-report.ts";
import { lastSeen, listReports } from "./traffic-store.ts";

const LIVE_MS = 3 * REPORT_INTERVAL_MS;

export type KnownGateway = {
  id: string;
  isLive: boolean;
  startedAt: Date;
  seenAt: Date;
  snapshotAt: Date | null;
  /** null = it speaks another release's language. */
  report: GatewayReport | null;
};

/** Gateways that ever reported and did not say goodbye, the newest report first. */
export async function readGateways(tx: Tx, now: Date): Promise<KnownGateway[]> {
  return (await listReports(tx)).map((row) => ({
    ...row,
    isLive: now.getTime() - row.seenAt.getTime() <= LIVE_MS,
    report: GatewayReportSchema.safeParse(row.report).data ?? null,
  }));
}

/**
 * Up to when everything that gateways served is on record, to within a report's interval: when one that is live was last
 * heard. A customer may know it, too. null = none is live.
 */
export async function servedUntil(tx: Tx, now: Date): Promise<Date | null> {
  const seenAt = await lastSeen(tx);
  return seenAt !== null && now.getTime() - seenAt.getTime() <= LIVE_MS ? seenAt : null;
}

/** What those say that reported within three of their intervals; `asOf` is the newest, null = none did. */
export async function readLiveReports(tx: Tx, now: Date): Promise<{ reports: GatewayReport[]; asOf: Date | null }> {
  const live = (await readGateways(tx, now)).filter(({ isLive }) => isLive);
  return { reports: live.flatMap(({ report }) => report ?? []), asOf: live[0]?.seenAt ?? null };
}
