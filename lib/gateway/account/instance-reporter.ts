import { type ObservedCondition, recordConditions } from "#lib/metrics/conditions/record-condition.ts";
import type { Database } from "#lib/platform/db.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { type GatewayReport, REPORT_INTERVAL_MS } from "#lib/requests/traffic/gateway-report.ts";
import { recordGatewayReport, removeGateway } from "#lib/requests/traffic/record-gateway-report.ts";
import { createConditionTracker, reportConditions } from "./report-conditions.ts";

export type InstanceReporterOptions = {
  db: Database;
  instanceId: string;
  /** What this gateway sees now. */
  report: () => GatewayReport;
  /** What it can say of tenants. */
  tenantConditions: (now: Date) => ObservedCondition[];
  now: () => Date;
  log: Log;
};

/** One report, and the conditions that are due with it. */
export function createInstanceReporter(options: InstanceReporterOptions): { heartbeat(): Promise<void> } {
  const { db, instanceId, now } = options;
  const startedAt = now();
  const book = createConditionTracker();
  return {
    async heartbeat() {
      const at = now();
      const report = options.report();
      await recordGatewayReport(db, { id: instanceId, startedAt }, report, at);
      const due = book.due([...reportConditions(report, at), ...options.tenantConditions(at)], at);
      if (due.own.length + due.yielding.length === 0) return;
      await db.write(platformScope, async (tx) => {
        await recordConditions(tx, due.own, at);
        await recordConditions(tx, due.yielding, at, { yields: true });
      });
      book.confirm(due, at);
    },
  };
}

/**
 * Says every 2 s that this gateway is there and what it sees, and keeps the conditions that alerting reads. A catalog that is
 * away is tried again at the next turn; nothing piles up.
 * @returns `stop` takes the gateway's row away
 */
export function startInstanceReporter(options: InstanceReporterOptions): { stop(): Promise<void> } {
  const { db, instanceId, log } = options;
  const reporter = createInstanceReporter(options);
  let running: Promise<void> | null = null;
  const turn = () => {
    running ??= reporter
      .heartbeat()
      .catch((error: unknown) => log.warn("gateway report not stored", { error: errorText(error) }))
      .finally(() => {
        running = null;
      });
  };
  turn();
  const timer = setInterval(turn, REPORT_INTERVAL_MS);
  return {
    async stop() {
      clearInterval(timer);
      await running;
      await removeGateway(db, instanceId).catch((error: unknown) =>
        log.warn("gateway row not removed", { error: errorText(error) }),
      );
    },
  };
}
