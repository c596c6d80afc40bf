import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemActor } from "#lib/identity/actor.ts";
import { type Deps, readCtx } from "#lib/identity/ctx.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createOutbound } from "#lib/platform/outbound.ts";
import { platformScope, type Scope, tenantScope } from "#lib/platform/scope.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { type UsageGroup, UsageQuery } from "#lib/requests/browser/usage-schema.ts";
import { VIAS } from "#lib/requests/schema.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import { bucketOf, noDurations } from "#lib/requests/usage/durations.ts";
import { readUsage } from "#lib/requests/usage/read-usage.ts";
import { startAccount } from "./start-account.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
const clock = manualClock(NOON);
const TENANTS = ["ten_a", "ten_b"];
let database: TestDatabase;
let deps: Deps;

beforeAll(async () => {
  database = await createTestDatabase();
  const outbound = createOutbound();
  const secrets = createSecrets("ab".repeat(32));
  deps = {
    db: database.db,
    clock,
    log: silentLog,
    secrets,
    outbound,
    adapterStore: "/nowhere",
    gatewayUrl: "http://127.0.0.1:1",
  };
  await countSome(600);
});
afterAll(async () => {
  await deps.outbound.close();
  await database.close();
});

/** A stream of numbers that is the same in every run. */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** So many requests of all kinds over three hours before noon, through a gateway's own account that is stopped cleanly. */
async function countSome(count: number): Promise<void> {
  const report = { nodes: [], pools: [], tenants: [], snapshotAt: null, tracesPending: 0, openVersions: [] };
  const account = startAccount({
    db: database.db,
    report: () => report,
    onTracesDropped: () => {},
    now: clock.now,
    log: silentLog,
  });
  const pick = numbers(7);
  const step = (3 * 3_600_000) / count;
  for (let index = 0; index < count; index += 1) {
    const arrived = NOON.getTime() - 3 * 3_600_000 + index * step;
    const trace = someTrace(arrived, pick);
    const gaps = noDurations();
    gaps[bucketOf(11)] = 5;
    account.record(trace, trace.stream ? gaps : null);
  }
  await account.stop();
}

function someTrace(arrivedMs: number, pick: (below: number) => number): RequestTrace {
  const status = [200, 200, 200, 429, 404, 503][pick(6)] ?? 200;
  const via = status === 200 ? (VIAS[pick(VIAS.length)] ?? null) : null;
  const isFallback = via === "base_model" || via === "previous_version";
  return makeTrace({
    id: newId("request"),
    tenantId: TENANTS[pick(2)] ?? null,
    adapterId: pick(4) === 0 ? null : "adp_a",
    versionId: via === "primary" ? `ver_${pick(2)}` : null,
    kind: pick(10) === 0 ? "eval" : "user",
    via,
    status,
    stream: pick(2) === 0,
    fallbackReason: isFallback ? "no_node" : null,
    arrivedAt: new Date(arrivedMs),
    dispatchedAt: new Date(arrivedMs + 5),
    firstByteAt: new Date(arrivedMs + 5 + pick(500)),
    endedAt: new Date(arrivedMs + 600 + pick(2_000)),
    promptTokens: pick(5) === 0 ? null : pick(1_000),
    completionTokens: null,
    queuedMs: pick(3) === 0 ? null : pick(100),
  });
}

const usage = (scope: Scope, query: Partial<UsageQuery>) =>
  readCtx(deps, { actor: systemActor("test"), scope, requestId: newId("request") }, (ctx) =>
    readUsage(ctx, UsageQuery.parse(query)),
  );
/** The same figures, from the traces. */
const fromTraces = (tenantId: string) =>
  database.db.read(platformScope, async ({ client }) => {
    const [row] = await client.$queryRaw<Record<string, number>[]>`
      SELECT count(*)::int AS "requests", (count(*) FILTER (WHERE "status" >= 500))::int AS "failed",
        (count(*) FILTER (WHERE "status" BETWEEN 400 AND 499 AND "status" <> 429))::int AS "refused",
        (count(*) FILTER (WHERE "status" = 429))::int AS "shed",
        (count(*) FILTER (WHERE "status" < 400 AND "fallbackReason" IS NOT NULL))::int AS "fallbacks",
        (count(*) FILTER (WHERE "status" < 400 AND "promptTokens" IS NULL))::int AS "uncounted",
        coalesce(sum("promptTokens"), 0)::int AS "promptTokens",
        (count(*) FILTER (WHERE "status" < 400))::int AS "latency",
        (count(*) FILTER (WHERE "status" < 400 AND "stream"))::int AS "ttft",
        (count(*) FILTER (WHERE "stream"))::int * 5 AS "interToken", count("queuedMs")::int AS "queued"
      FROM "request" WHERE "tenantId" = ${tenantId} AND "kind" = 'user'`;
    return row;
  });
const total = (groups: readonly UsageGroup[]) => {
  const sum = (of: (group: UsageGroup) => number) => groups.reduce((result, group) => result + of(group), 0);
  return {
    requests: sum((group) => group.requests),
    failed: sum((group) => group.failed),
    refused: sum((group) => group.refused),
    shed: sum((group) => group.shed),
    fallbacks: sum((group) => group.fallbacks),
    uncounted: sum((group) => group.uncounted),
    promptTokens: sum((group) => group.promptTokens),
    latency: sum((group) => group.latencyMs.count),
    ttft: sum((group) => group.ttftMs.count),
    interToken: sum((group) => group.interTokenMs.count),
    queued: sum((group) => group.queuedMs.count),
  };
};

describe("what is counted by the minute", () => {
  it.each(UsageQuery.shape.groupBy.unwrap().options)(
    "adds up to the traces, grouped by %s, and for its customer too",
    async (groupBy) => {
      for (const tenantId of TENANTS) {
        const traced = await fromTraces(tenantId);
        expect(total((await usage(platformScope, { groupBy, tenantId })).items)).toEqual(traced);
        const own = await usage(tenantScope(tenantId), { groupBy, tenantId: TENANTS[0] });
        expect(total(own.items)).toEqual(traced);
      }
    },
  );

  it("has quantiles that are at most 5 % off, and knows its groups", async () => {
    const { items, groups, asOf } = await usage(platformScope, { groupBy: "via" });
    expect(groups).toBe(items.length);
    expect(items.map(({ via }) => via).sort()).toEqual([null, ...VIAS].sort());
    const primary = items.find(({ via }) => via === "primary");
    expect(Math.abs((primary?.interTokenMs.p95 ?? 0) - 11)).toBeLessThan(11 * 0.05);
    expect(primary?.latencyMs.p50).toBeGreaterThan(600);
    expect(asOf).toMatch(/^2026-11-25T11:59:/);
  });

  it("refuses a range that is empty or longer than is kept", async () => {
    const to = new Date(NOON.getTime() - 401 * 86_400_000).toISOString();
    await expect(usage(platformScope, { from: to })).rejects.toThrow("longer than 400 days");
    await expect(usage(platformScope, { to, from: NOON.toISOString() })).rejects.toThrow("empty");
  });
});
