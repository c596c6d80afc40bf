import type { CallInput, Client } from "#lib/api/client.ts";
import { createTestApi } from "#lib/api/testing/test-api.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import { recordRequests } from "#lib/requests/testing/record-requests.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
const MINUTE = 60_000;
const DAY = 86_400_000;

export type IncidentWorld = Awaited<ReturnType<typeof createIncidentWorld>>;

/** Two tenants of one pool with a node, and a clock that moves when it is told to. */
export async function createIncidentWorld() {
  const clock = manualClock(NOON);
  const api = await createTestApi({ clock });
  const { db } = api.deps;
  const poolId = await seed.seedPool(db);
  await seed.seedNode(db, { poolId, name: "node-1", baseUrl: "http://10.0.0.7:8000", seenAt: NOON });
  const add = async (slug: string) => {
    const tenantId = await seed.seedTenant(db, { slug });
    return { tenantId, adapterId: await seed.seedAdapter(db, { tenantId, poolId, slug: "bot" }) };
  };
  const acme = await add("acme");
  const globex = await add("globex");
  const ago = (minutes: number) => new Date(clock.now().getTime() - minutes * MINUTE);
  return {
    api,
    clock,
    poolId,
    acme,
    globex,
    ago,
    /** Requests that arrived so many minutes ago, of acme unless it is said. */
    send: (howMany: number, minutes: number, change: Partial<RequestTrace> = {}) =>
      recordRequests(
        db,
        Array.from({ length: howMany }, () =>
          makeTrace({ id: newId("request"), ...acme, arrivedAt: ago(minutes), endedAt: ago(minutes), ...change }),
        ),
      ),
    /** One that began 20 minutes ago. */
    open: (body: CallInput<"POST /incidents">["body"] = {}, client: Client = api.admin) =>
      client.call("POST /incidents", { body: { title: "Slow answers", startedAt: ago(20).toISOString(), ...body } }),
    show: (incidentId: string) => api.admin.call("GET /incidents/{incidentId}", { params: { incidentId } }),
    impactOf: (incidentId: string) => api.admin.call("GET /incidents/{incidentId}/impact", { params: { incidentId } }),
    review: (incidentId: string) =>
      api.fetch(`/api/v1/incidents/${incidentId}/review`, { headers: { authorization: `Bearer ${api.adminKey}` } }),
    /** A day later, without incidents and requests. */
    async reset() {
      clock.advance(DAY);
      await db.write(platformScope, async ({ client }) => {
        await client.incident.deleteMany();
        await client.request.deleteMany();
      });
    },
    close: () => api.close(),
  };
}
