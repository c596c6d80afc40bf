import { recordKeyUse } from "#lib/identity/record-key-use.ts";
import type { Database } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import type { Log } from "#lib/platform/log.ts";
import { recordTraceBatch } from "#lib/requests/trace/record-traces.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import type { GatewayReport } from "#lib/requests/traffic/gateway-report.ts";
import type { Durations } from "#lib/requests/usage/durations.ts";
import { recordUsage } from "#lib/requests/usage/record-usage.ts";
import { createFallbackWatch } from "./fallback-watch.ts";
import { startInstanceReporter } from "./instance-reporter.ts";
import { startLedger } from "./ledger.ts";

/** What a gateway keeps and tells: of each request, and of itself. */
export type Account = {
  /** @param interToken gaps between chunks; null = the reply was no stream */
  record(trace: RequestTrace, interToken: Durations | null): void;
  /** Traces that are not stored yet. */
  pending(): number;
  /** Stores what is left and takes the gateway's row away; call it when no request runs any more. */
  stop(): Promise<void>;
};

/** @param options.report what this gateway sees now; called every 2 s */
export function startAccount(options: {
  db: Database;
  report: (tracesPending: number) => GatewayReport;
  onTracesDropped: (count: number) => void;
  now: () => Date;
  log: Log;
}): Account {
  const { db, now, log } = options;
  const instanceId = newId("gateway");
  const fallbacks = createFallbackWatch();
  const ledger = startLedger({
    instanceId,
    recordTraces: (batch) => recordTraceBatch(db, batch),
    recordUsage: (rows) => recordUsage(db, rows),
    recordKeyUse: (uses) => recordKeyUse(db, uses),
    onTracesDropped: options.onTracesDropped,
    now,
    log,
  });
  const reporter = startInstanceReporter({
    db,
    instanceId,
    report: () => options.report(ledger.pending()),
    tenantConditions: fallbacks.conditions,
    now,
    log,
  });
  return {
    record(trace, interToken) {
      ledger.record(trace, interToken);
      fallbacks.note(trace);
    },
    pending: ledger.pending,
    async stop() {
      await reporter.stop();
      await ledger.stop();
    },
  };
}
