import type { BulkChoice } from "#lib/fleet/browser/bulk-schema.ts";
import { type BulkNode, type ChosenVersion, readChosen, readNodes } from "#lib/fleet/bulk/bulk-store.ts";
import { chooseVersions } from "#lib/fleet/bulk/choose-versions.ts";
import type { PlannedLoad } from "#lib/fleet/bulk/forecast-loads.ts";
import { act, type Judgement, skip, whyNotLoadable } from "#lib/fleet/bulk/judge-version.ts";
import { forecast, toItem } from "#lib/fleet/bulk/preview-stage.ts";
import { targetNodes } from "#lib/fleet/bulk/target-nodes.ts";
import type { Measurement } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { MemoryMeasurement } from "#lib/pools/browser/memory-schema.ts";
import type { GatePreview } from "../browser/bulk-schema.ts";
import { defaultTuning } from "../running/conduct-run.ts";
import { defaultSuites } from "../suites/default-suite-store.ts";
import { samplesNeeded } from "../verdict/plan-samples.ts";
import { activeRuns, medianLatency } from "./gate-store.ts";

const SAMPLES_READ = 5_000;

/** What decides whether a version can be evaluated now. */
type GateSite = {
  suite: { name: string; caseCount: number } | null;
  isActive: boolean;
  /** Who it would be measured against: the live version, or itself alone on a standalone node. */
  baseline: { kind: "live"; number: number } | { kind: "standalone"; nodeName: string } | null;
  servingNodes: number;
};

/** What starting its gate would do with a version: the same decisions as `startRun`, for all at once. */
function judgeGate(version: ChosenVersion, site: GateSite): Judgement {
  const { tenantName, tenantStatus } = version;
  const obstacle = whyNotLoadable(version, site.servingNodes);
  if (obstacle) return obstacle;
  if (tenantStatus !== "active")
    return skip(`${tenantName} is suspended; the gateway refuses its requests.`, "Activate it first.");
  if (site.suite === null)
    return skip(`${tenantName} has no suite of prompts yet.`, "Generate one on its page of evals.");
  if (site.isActive) return skip("It is being evaluated already.");
  if (site.baseline === null)
    return skip(
      "There is nothing to compare it with: no other version is live, and the pool has no standalone node.",
      "Add a node to the pool with standalone: true.",
    );
  const against =
    site.baseline.kind === "live"
      ? `version ${site.baseline.number}, which is live`
      : `itself alone on ${site.baseline.nodeName}`;
  const { caseCount, name } = site.suite;
  return act(`Compares it with ${against}: ${caseCount} prompts of ${name}, ${samplesNeeded(caseCount)} calls.`);
}

type JudgedGate = {
  version: ChosenVersion;
  judgement: Judgement;
  /** What it would put where: the candidate, and the baseline beside it. */
  loads: PlannedLoad[];
  calls: number;
  activeRunId: string | null;
};

/**
 * What starting each version's gate would do right now.
 * @param isAlone the nodes' other versions do not matter, so they are not read
 */
export async function judgeGates(
  ctx: Ctx,
  versions: readonly ChosenVersion[],
  isAlone = false,
): Promise<{ judged: JudgedGate[]; nodes: BulkNode[] }> {
  const { tx } = ctx;
  const only = isAlone ? versions.map(({ id }) => id) : undefined;
  const nodes = await readNodes(tx, [...new Set(versions.map(({ poolId }) => poolId))], only);
  const targets = await targetNodes(ctx, versions, nodes);
  const suites = new Map(
    (
      await defaultSuites(
        tx,
        versions.map(({ tenantId }) => tenantId),
      )
    ).map((s) => [s.tenantId, s]),
  );
  const active = await activeRuns(
    tx,
    versions.map(({ id }) => id),
  );
  const liveIds = versions.flatMap(({ liveVersionId }) => liveVersionId ?? []);
  const live = new Map((await readChosen(tx, liveIds)).map((version) => [version.id, version]));
  const judged = versions.map((version): JudgedGate => {
    const nodeIds = (targets.get(version.id) ?? []).map(({ id }) => id);
    const baseline = baselineOf(version, live, nodes);
    const suite = suites.get(version.tenantId) ?? null;
    const activeRunId = active.get(version.id) ?? null;
    const site: GateSite = {
      suite,
      isActive: activeRunId !== null,
      servingNodes: nodeIds.length,
      baseline: baseline.site,
    };
    return {
      version,
      activeRunId,
      judgement: judgeGate(version, site),
      loads: [
        { id: version.id, sizeBytes: version.sizeBytes, nodeIds: [...nodeIds, ...baseline.standaloneIds] },
        ...baseline.live.map(({ id, sizeBytes }) => ({ id, sizeBytes, nodeIds })),
      ],
      calls: suite === null ? 0 : samplesNeeded(suite.caseCount),
    };
  });
  return { judged, nodes };
}

/** As `startRun` chooses it. */
function baselineOf(
  version: ChosenVersion,
  live: ReadonlyMap<string, ChosenVersion>,
  nodes: readonly BulkNode[],
): { site: GateSite["baseline"]; live: ChosenVersion[]; standaloneIds: string[] } {
  const other = version.liveVersionId === version.id ? undefined : live.get(version.liveVersionId ?? "");
  if (other?.state === "ready")
    return { site: { kind: "live", number: other.number }, live: [other], standaloneIds: [] };
  const alone = nodes.find((node) => node.poolId === version.poolId && node.standalone && !node.cordoned);
  if (!alone) return { site: null, live: [], standaloneIds: [] };
  return { site: { kind: "standalone", nodeName: alone.name }, live: [], standaloneIds: [alone.id] };
}

/** What starting the gates would do, and what it would take; changes nothing. @throws AppError as `chooseVersions` */
export async function previewGate(ctx: Ctx, choice: BulkChoice): Promise<GatePreview> {
  const { versions, withoutReady } = await chooseVersions(ctx, choice);
  const { judged, nodes } = await judgeGates(ctx, versions);
  const acting = judged.filter(({ judgement }) => judgement.act);
  const loading = await forecast(
    ctx,
    acting.flatMap(({ loads }) => loads),
    nodes,
  );
  const calls = acting.reduce((sum, { calls: each }) => sum + each, 0);
  const poolIds = [...new Set(acting.map(({ version }) => version.poolId))];
  const asking = askingTime(calls, await medianLatency(ctx.tx, poolIds, SAMPLES_READ), ctx.clock.now());
  return {
    items: judged.map(({ version, judgement }) => toItem(version, judgement)),
    totals: {
      act: acting.length,
      skip: judged.length - acting.length,
      withoutReady,
      ...loading,
      calls: {
        figure: inferred(calls, "calls", ctx.clock.now(), { source: "derived" }),
        formula: "Σ (prompts of each suite × 2 modes × 3 sides)",
        note: null,
      },
      asking,
      cost: costOf(
        asking,
        nodes.filter(({ id }) => loading.nodes.some(({ nodeId }) => nodeId === id)),
        ctx.clock.now(),
      ),
    },
  };
}

const inferred = (value: number | null, unit: string, now: Date, more: Partial<Measurement> = {}): Measurement => ({
  value,
  unit,
  source: "inferred",
  simulated: false,
  asOf: now.toISOString(),
  coverage: null,
  ...more,
});

function askingTime(calls: number, latency: { medianMs: number; count: number } | null, now: Date): MemoryMeasurement {
  const atOnce = defaultTuning.concurrency;
  return {
    figure: inferred(latency && (calls * latency.medianMs) / 1000 / atOnce, "s", now),
    formula: `calls × median time of an answer ÷ ${atOnce} at a time`,
    note: latency
      ? `Median ${Math.round(latency.medianMs)} ms, of the latest ${latency.count} answers to evaluations in these pools.`
      : "No evaluation has run in these pools yet, so the time per answer is unknown.",
  };
}

/** Whole nodes for the time of asking: what they would cost anyway. */
function costOf(asking: MemoryMeasurement, nodes: readonly BulkNode[], now: Date): MemoryMeasurement {
  const prices = nodes.flatMap(({ pricePerHour }) => pricePerHour ?? []);
  const seconds = asking.figure.value;
  const isKnown = seconds !== null && prices.length > 0 && prices.length === nodes.length;
  const perHour = prices.reduce((sum, price) => sum + price, 0);
  return {
    figure: inferred(isKnown ? (seconds / 3600) * perHour : null, "USD", now, {
      simulated: nodes.some(({ simulated }) => simulated),
      coverage: { seen: prices.length, of: nodes.length },
    }),
    formula: "time of asking × Σ price an hour of the nodes",
    note: isKnown
      ? "Nodes cost the same while they do nothing."
      : seconds === null
        ? "The time is unknown, so its cost is too."
        : "Not every node has a price: enter it on the node's page.",
  };
}
