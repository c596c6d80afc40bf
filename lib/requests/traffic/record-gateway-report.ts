import type { Database } from "#lib/platform/db.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { GatewayReport } from "./gateway-report.ts";
import { deleteGateway, upsertGateway } from "./gateway-store.ts";

/** What a gateway says of itself replaces what it said before. */
export const recordGatewayReport = (
  db: Database,
  instance: { id: string; startedAt: Date },
  report: GatewayReport,
  now: Date,
): Promise<void> =>
  db.write(platformScope, (tx) =>
    upsertGateway(tx, {
      ...instance,
      seenAt: now,
      snapshotAt: report.snapshotAt === null ? null : new Date(report.snapshotAt),
      report,
    }),
  );

/** A gateway that stops takes its row with it, so that nobody waits for it to be forgotten. */
export const removeGateway = (db: Database, id: string): Promise<void> =>
  db.write(platformScope, (tx) => deleteGateway(tx, id));
