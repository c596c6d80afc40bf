import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { NodeReport } from "../browser/inspection-schema.ts";
import { addEvents, getNode } from "../node-store.ts";
import type { NodeEvent } from "../reconcile/poll.ts";
import { engineEvents } from "../reconcile/poll-events.ts";
import type { OnboardingFinding } from "../schema.ts";
import { findingsNow } from "./findings-now.ts";
import type { Inspection } from "./inspect-node.ts";
import { saveInspection } from "./inspection-store.ts";

/** Keeps what an inspection found, with an event in the node's timeline. Part of the caller's audited change. */
export async function keepInspection(ctx: Ctx, nodeId: string, inspection: Inspection): Promise<void> {
  const at = ctx.clock.now();
  const { facts, report, limits } = inspection;
  const before = await getNode(ctx.tx, nodeId);
  const kept = await saveInspection(ctx.tx, nodeId, {
    limits,
    report,
    fingerprints: facts.fingerprints,
    engineVersion: facts.version,
    backend: facts.backend,
    at,
  });
  if (before === null || !kept) throw notFound("node");
  const events = [...engineEvents(before.engineVersion, facts.version), inspectEvent(inspection.findings)];
  await addEvents(ctx.tx, nodeId, events, at);
}

/** Inspects a node of the catalog again, on somebody's wish. */
export async function recordInspection(ctx: Ctx, nodeId: string, inspection: Inspection): Promise<NodeReport> {
  await keepInspection(ctx, nodeId, inspection);
  const { problem, warning } = countFindings(inspection.findings);
  await audit(ctx, {
    action: "node.inspect",
    object: { type: "node", id: nodeId },
    tenantId: null,
    after: { version: inspection.facts.version, problems: problem, warnings: warning },
  });
  return readReport(ctx, nodeId);
}

/**
 * The latest report of a node. Known faults of its engine come from the table as it is now.
 * @throws AppError `not_found`
 */
export async function readReport(ctx: Ctx, nodeId: string): Promise<NodeReport> {
  const node = await getNode(ctx.tx, nodeId);
  if (!node) throw notFound("node");
  return { findings: findingsNow(node), limits: node.limits, at: node.reportedAt?.toISOString() ?? null };
}

const countFindings = (findings: readonly OnboardingFinding[]) => {
  const of = (severity: OnboardingFinding["severity"]) =>
    findings.filter((finding) => finding.severity === severity).length;
  return { problem: of("problem"), warning: of("warning"), unknown: of("unknown") };
};

function inspectEvent(findings: readonly OnboardingFinding[]): NodeEvent {
  const { problem, warning, unknown } = countFindings(findings);
  const counts = [
    problem === 1 ? "1 problem" : `${problem} problems`,
    warning === 1 ? "1 warning" : `${warning} warnings`,
    `${unknown} not known`,
  ];
  return {
    kind: "inspect",
    outcome: problem > 0 ? "failed" : warning > 0 ? "noted" : "ok",
    message: `Inspected: ${counts.join(", ")}.`,
  };
}
