import type { Deps } from "#lib/identity/ctx.ts";
import { ROLLUP_KEPT_SECONDS } from "#lib/metrics/charts/chart-range.ts";
import { DERIVED_LOOP, derivedTurn } from "#lib/metrics/derived/derived-loop.ts";
import { packTick } from "#lib/metrics/series/pack.ts";
import { keepPartitions } from "#lib/metrics/series/series-store.ts";
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
export const forgetNodes = (db: Database): Promise<void> =>
  db.write(platformScope, async ({ client }) => {
    await client.node.deleteMany();
    await client.derivedRollup.deleteMany();
    await client.derivedPack.deleteMany();
    await client.derivedCheckpoint.deleteMany();
    await client.rollup.deleteMany();
    await client.loadEvent.deleteMany();
    await client.requestTrace.deleteMany();
  });

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
  db.write(platformScope, ({ client }) =>
    client.rollup.create({
      data: {
        ...{ nodeId, stepSeconds: 60, at, scrapes: 6, simulated: true },
        data: {
          ...{ seconds: 60, counters, histograms: {} },
          gauges:
            adaptersInUse === undefined
              ? {}
              : { adaptersInUse: { last: 0, max: adaptersInUse, total: adaptersInUse, samples: 6 } },
        },
      },
    }),
  );

/** What an engine counted in the ten seconds before a look, as the scraper keeps its looks. */
export const engineLooked = ({ db }: Deps, nodeId: string, at: Date, requests: number): Promise<unknown> =>
  db.write(platformScope, async (tx) => {
    await keepPartitions(tx, at, ROLLUP_KEPT_SECONDS);
    const increase = { seconds: 10, counters: { requests }, gauges: {}, histograms: {} };
    const data = packTick([{ nodeId, epoch: 1, simulated: true, ok: true, addsUp: true, increase }]);
    await tx.client.$executeRaw`INSERT INTO series.tick (at, data) VALUES (${at}, ${Buffer.from(data)})`;
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
