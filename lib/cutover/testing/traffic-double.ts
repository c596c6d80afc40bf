import type { Database } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import { recordRequests } from "#lib/requests/testing/record-requests.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";

type Asked = { tenantId: string; adapterId: string; versionId: string | null };

/** What gateways would have told: that they are there, and of requests. */
export function trafficDouble(db: Database) {
  const gatewayId = newId("gateway");
  let isThere = false;
  const report = (seenAt: Date | null): Promise<unknown> =>
    db.write(platformScope, async ({ client }) => {
      await client.gatewayInstance.deleteMany({});
      if (seenAt === null) return;
      const data = { id: gatewayId, startedAt: seenAt, seenAt, snapshotAt: seenAt, report: {} };
      await client.gatewayInstance.create({ data });
    });
  return {
    /** A gateway reports that it is there, or did so at that time; null = it is gone. */
    heard: (seenAt?: Date | null): Promise<unknown> => {
      isThere = seenAt === undefined;
      return report(seenAt === undefined ? new Date() : seenAt);
    },
    /** So many requests that just came, answered in 100 ms. A gateway that is there reports itself with them, as ours do. */
    asked: async (count: number, of: Asked, change: Partial<RequestTrace> = {}): Promise<void> => {
      if (isThere) await report(new Date());
      await recordRequests(
        db,
        Array.from({ length: count }, () => {
          const at = Date.now();
          const times = { arrivedAt: new Date(at), dispatchedAt: new Date(at), endedAt: new Date(at + 100) };
          return makeTrace({ id: newId("request"), ...times, ...of, ...change });
        }),
      );
    },
  };
}
