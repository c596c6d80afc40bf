import { openFindings } from "#lib/alerting/findings/show-findings.ts";
import { countMissed } from "#lib/alerting/objectives/missed-objectives.ts";
import { SERVICE_STATES, type ServiceState } from "#lib/alerting/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { openJobs } from "#lib/jobs/store.ts";
import { toJob } from "#lib/jobs/view-job.ts";
import { recentEvents } from "#lib/metrics/marks/events.ts";
import { allStates, listJourneys } from "./read-journey.ts";
import type { JourneyTenant, Overview } from "./schema.ts";
import { countLiveQuarantined, isSimulated, listPoolFacts } from "./store.ts";

const SHOWN = 8;

const WORDS: Record<ServiceState, string> = {
  healthy: "healthy",
  degraded: "degraded",
  on_fallback: "on fallback",
  not_serving: "not serving",
  not_live_yet: "not live yet",
  suspended: "suspended",
  unknown: "unknown",
};

type Troubled = { quarantined: number; rolledBack: number; missed: number };

/** "38 of 40 tenants healthy, 2 on fallback. 1 live version is quarantined. 1 version was rolled back. 2 objectives are missed." */
export const overviewSentence = (
  counts: ReadonlyMap<ServiceState, number>,
  { quarantined, rolledBack, missed }: Troubled,
): string =>
  [
    healthSentence(counts, missed),
    ...(quarantined > 0 ? [quarantineSentence(quarantined)] : []),
    ...(rolledBack > 0 ? [rollbackSentence(rolledBack)] : []),
    ...(missed > 0 ? [missed === 1 ? "1 objective is missed." : `${missed} objectives are missed.`] : []),
  ].join(" ");

const quarantineSentence = (count: number): string =>
  count === 1 ? "1 live version is quarantined." : `${count} live versions are quarantined.`;
const rollbackSentence = (count: number): string =>
  count === 1 ? "1 version was rolled back." : `${count} versions were rolled back.`;

/** @param missed objectives, also of pools: beside one nobody says that all is healthy */
function healthSentence(counts: ReadonlyMap<ServiceState, number>, missed: number): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return "No tenants yet.";
  const healthy = counts.get("healthy") ?? 0;
  const others = SERVICE_STATES.filter((state) => state !== "healthy" && (counts.get(state) ?? 0) > 0);
  const rest = others.map((state) => `${counts.get(state)} ${WORDS[state]}`);
  if (rest.length === 0) {
    const state = missed > 0 ? "served" : "healthy";
    return total === 1 ? `The one tenant is ${state}.` : `All ${total} tenants are ${state}.`;
  }
  return `${[`${healthy} of ${total} tenants healthy`, ...rest].join(", ")}.`;
}

const countByHealth = (tenants: readonly JourneyTenant[]): Map<ServiceState, number> => {
  const counts = new Map<ServiceState, number>();
  for (const tenant of tenants) counts.set(tenant.health.state, (counts.get(tenant.health.state) ?? 0) + 1);
  return counts;
};

/** What waits for whoever reads it, what failed or was rolled back before what merely waits. */
function needsYou(tenants: readonly JourneyTenant[]): Overview["needsYou"] {
  const yours = tenants.filter(({ nextStep }) => nextStep.whoseMove === "you" && nextStep.action !== null);
  const failedFirst = yours.toSorted(
    (a, b) => Number(b.nextStep.state !== "waiting") - Number(a.nextStep.state !== "waiting"),
  );
  return failedFirst.slice(0, SHOWN).flatMap(({ id, name, nextStep: { step, state, sentence, action } }) => {
    if (action === null) return [];
    const { label, href } = action;
    return [{ tenantId: id, tenantName: name, step, state, sentence, action: { label, href } }];
  });
}

/** The landing page's facts in one read. */
export async function readOverview(ctx: Ctx): Promise<Overview> {
  const now = ctx.clock.now();
  const tenants = await allStates(ctx);
  const counts = countByHealth(tenants);
  const pools = await listPoolFacts(ctx.tx, now);
  const findings = await openFindings(ctx);
  const moving = tenants.filter(({ nextStep }) => nextStep.step !== "live");
  const shown = moving.slice(0, SHOWN).map(({ id }) => id);
  const { items: inMotion } = await listJourneys(ctx, { limit: SHOWN, tenantIds: shown });
  return {
    sentence: overviewSentence(counts, {
      quarantined: await countLiveQuarantined(ctx.tx),
      rolledBack: tenants.filter(({ rolledBack }) => rolledBack !== null).length,
      missed: await countMissed(ctx.tx, now),
    }),
    tenants: {
      total: tenants.length,
      byHealth: SERVICE_STATES.flatMap((state) => {
        const count = counts.get(state) ?? 0;
        return count > 0 ? [{ state, count }] : [];
      }),
    },
    needsYou: needsYou(tenants),
    inMotion,
    inMotionTotal: moving.length,
    jobs: (await openJobs(ctx.tx)).slice(0, SHOWN).map((job) => toJob(job, now)),
    pools: pools.map((pool) => {
      const asOf = pool.lastSeenAt?.toISOString() ?? null;
      const common = { source: "measured" as const, simulated: pool.simulated, asOf };
      const coverage = { seen: pool.healthy, of: pool.serving.length };
      return {
        id: pool.id,
        name: pool.name,
        slug: pool.slug,
        baseModel: pool.baseModel,
        nodes: { healthy: pool.healthy, total: pool.serving.length },
        residentVersions: { ...common, value: asOf === null ? null : pool.loadedVersions, unit: "versions", coverage },
        maxLoras: pool.maxLoras,
        maxCpuLoras: pool.maxCpuLoras,
        adapterBytes: { ...common, simulated: false, value: pool.loadedBytes, unit: "bytes", coverage: null },
        findings: findings
          .filter(({ poolId }) => poolId === pool.id)
          .map(({ id, title, severity, sentence }) => ({ id, title, severity, sentence })),
      };
    }),
    events: await recentEvents(ctx, { limit: 10 }),
    simulated: await isSimulated(ctx.tx),
  };
}
