import type { Deps } from "#lib/identity/ctx.ts";
import { DERIVED_LOOP, derivedTurn } from "#lib/metrics/derived/derived-loop.ts";
import { forgetCounted, forgetFollowed, storeRollups } from "#lib/metrics/testing/store-rollups.ts";
import type { Database } from "#lib/platform/db.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { recordRequests } from "../testing/record-requests.ts";
import type { RequestTrace } from "../trace/trace.ts";
import { makeTrace } from "./make-trace.ts";

/** Numbers that are the same in every run. */
export function seededNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export type Sent = { loraName: string | null; at: Date; seconds?: number };

let sentCount = 0;
/** A request through us that a node answered. */
export const sentTo = (nodeId: string, { loraName, at, seconds = 1 }: Sent): RequestTrace =>
  makeTrace({
    id: `req_${sentCount++}`,
    nodeId,
    loraName,
    simulated: true,
    arrivedAt: at,
    dispatchedAt: at,
    endedAt: new Date(at.getTime() + seconds * 1000),
  });

/** No node is left, nor anything of one: of what was counted, followed, asked or loaded there. */
export const forgetNodes = async (db: Database): Promise<void> => {
  await forgetCounted(db);
  await forgetFollowed(db);
  await db.write(platformScope, async ({ client }) => {
    await client.node.deleteMany();
    await client.loadEvent.deleteMany();
    await client.request.deleteMany();
  });
};

export const record = (deps: Deps, traces: readonly RequestTrace[]): Promise<void> => recordRequests(deps.db, traces);

/** One turn of the loop by a worker that takes the lease for it. */
export async function deriveOnce(deps: Deps, holder = "worker-a"): Promise<string[]> {
  const lease = createLease(deps.db, { name: DERIVED_LOOP, holder, ttlMs: 60_000 });
  const term = await lease.acquire();
  if (term === null) throw new Error("the lease is taken");
  const failed = await derivedTurn(deps, { term, signal: new AbortController().signal });
  await lease.release(term);
  return failed;
}

/** What an engine counted in a minute, as the scraper keeps it. */
export const engineCounted = (
  { db }: Deps,
  nodeId: string,
  at: Date,
  counters: Record<string, number>,
  adaptersInUse?: number,
): Promise<unknown> =>
  storeRollups(db, [
    {
      ...{ nodeId, stepSeconds: 60, at, scrapes: 6, simulated: true },
      data: {
        ...{ seconds: 60, counters, histograms: {} },
        gauges:
          adaptersInUse === undefined
            ? {}
            : { adaptersInUse: { max: adaptersInUse, total: adaptersInUse, samples: 6 } },
      },
    },
  ]);

/** What an engine counted in the ten seconds before a scrape, as the scraper keeps its last scrapes. */
export const engineScraped = ({ db }: Deps, nodeId: string, at: Date, requests: number): Promise<unknown> =>
  db.write(platformScope, async ({ client }) => {
    const recent = JSON.stringify([[at.getTime() - 10_000, at.getTime(), requests]]);
    await client.$executeRaw`
      INSERT INTO metrics.node_look AS l (node_id, at, epoch, simulated, samples, recent_requests, tried_at)
      VALUES (${nodeId}, ${at}, 1, true, '{}'::jsonb, ${recent}::jsonb, ${at})
      ON CONFLICT (node_id) DO UPDATE SET at = EXCLUDED.at, tried_at = EXCLUDED.tried_at,
        recent_requests = l.recent_requests || EXCLUDED.recent_requests`;
  });

/** The fleet did something to a node. */
export const acted = (
  { db }: Deps,
  nodeId: string,
  kind: "load" | "unload" | "restart" | "probe",
  at: Date,
  loraName: string | null = null,
): Promise<unknown> =>
  db.write(platformScope, ({ client }) =>
    client.loadEvent.create({
      data: {
        id: `lev_${sentCount++}`,
        nodeId,
        kind,
        outcome: kind === "restart" ? "noted" : "ok",
        message: "",
        at,
        loraName,
      },
    }),
  );
