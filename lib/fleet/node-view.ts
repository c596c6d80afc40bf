import { findingsNow } from "./inspection/findings-now.ts";
import { decideNodeHealth } from "./node-health.ts";
import type { NodeRecord } from "./node-store.ts";
import { placementState } from "./placement-condition.ts";
import type { Node } from "./schema.ts";

/** A node as the API shows it. */
export function nodeView(record: NodeRecord, now: Date, pool: { isLastServing?: boolean } = {}): Node {
  const wanted = record.placements.filter((placement) => placement.desire === "present");
  const states = wanted.map((placement) => placementState("present", placement.condition));
  const placements = {
    desired: wanted.length,
    routable: states.filter((state) => state === "routable").length,
    failed: states.filter((state) => state === "failed").length,
  };
  const { health, reason } = decideNodeHealth({ ...record, ...pool, placements }, now);
  return {
    id: record.id,
    poolId: record.poolId,
    poolSlug: record.poolSlug,
    name: record.name,
    baseUrl: record.baseUrl,
    hasKey: record.sealedKey !== null,
    standalone: record.standalone,
    gpu: record.gpu,
    pricePerHour: record.pricePerHour,
    engineVersion: record.engineVersion,
    simulated: record.simulated,
    epoch: record.epoch,
    processStartedAt: record.processStartedAt?.toISOString() ?? null,
    cordoned: record.cordoned,
    drainDeadline: record.drainDeadline?.toISOString() ?? null,
    limits: record.limits,
    findings: findingsOf(record),
    health,
    healthReason: reason,
    conditions: record.conditions,
    lastSeenAt: record.lastSeenAt?.toISOString() ?? null,
    placements,
    drift: record.drift.map(({ loraName, loadedAt }) => ({ loraName, since: loadedAt.toISOString() })),
    generation: record.generation,
    createdAt: record.createdAt.toISOString(),
  };
}

function findingsOf(record: NodeRecord): Node["findings"] {
  if (record.report === null || record.reportedAt === null) return null;
  const findings = findingsNow(record);
  const count = (severity: "problem" | "warning") => findings.filter((finding) => finding.severity === severity).length;
  return { problems: count("problem"), warnings: count("warning"), at: record.reportedAt.toISOString() };
}
