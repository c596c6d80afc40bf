import { requireNotFrozen } from "#lib/fleet/controls/require-not-frozen.ts";
import { holdPlacement } from "#lib/fleet/hold-placement.ts";
import type { Holder } from "#lib/fleet/schema.ts";
import { lockPlacements } from "#lib/fleet/store.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { getTenant } from "#lib/registry/tenants/tenant-store.ts";
import { getVersion, type VersionRecord } from "#lib/registry/versions/version-store.ts";
import { type Baseline, takeBaseline } from "../baseline/take-baseline.ts";
import type { BaselineKind } from "../browser/baseline-schema.ts";
import type { Run } from "../schema.ts";
import { activeRunOf, countTries, getRun, insertRun, lockSubject } from "../store.ts";
import { defaultSuite, getSuite, type SuiteRow } from "../suites/suite-store.ts";
import { samplesNeeded } from "../verdict/plan-samples.ts";
import { toRun } from "../view-run.ts";
import { WAITS_FOR_TURN } from "./waits-for-turn.ts";

export const runHolder = (runId: string): Holder => `run:${runId}`;

type RunToStart = {
  versionId: string;
  suiteId?: string | undefined;
  baseline?: BaselineKind | undefined;
};

/**
 * Queues an evaluation of a version against the baseline that is named, else the version that is live, else itself alone on
 * the pool's standalone node, and asks the fleet to load what is needed; the worker does the rest.
 * @throws AppError `not_found`, `invalid` naming suiteId (`no_suite`, `unknown_suite`), or `conflict`
 * (`frozen`, `version_not_ready`, `tenant_suspended`, `run_active`, `no_nodes`, and as `takeBaseline`)
 */
export async function startRun(ctx: Ctx, input: RunToStart): Promise<Run> {
  const { tx } = ctx;
  const version = await requireVersion(ctx, input.versionId);
  await requireNotFrozen(ctx);
  await lockSubject(tx, `runs:${version.id}`);
  const active = await activeRunOf(tx, version.id);
  if (active)
    throw conflict(
      "run_active",
      `Version ${version.number} is being evaluated already (${active.id}).`,
      "Wait for that run, or cancel it.",
    );
  await lockSubject(tx, `suite:${version.tenantId}`); // nobody edits it between this look and the run
  const suite = await chooseSuite(ctx, version.tenantId, input.suiteId);
  const baseline = await takeBaseline(ctx, version, input.baseline);
  const runId = newId("run");
  await insertRun(tx, {
    id: runId,
    tenantId: version.tenantId,
    suiteId: suite.id,
    adapterId: version.adapterId,
    candidateVersionId: version.id,
    baselineVersionId: baseline.kind === "live" ? baseline.version.id : null,
    baselineNodeId: baseline.kind === "standalone" ? baseline.nodeId : null,
    baselineKind: baseline.kind,
    baselineEndpointId: baseline.kind === "origin" ? baseline.origin.endpointId : null,
    baselineOrigin: baseline.kind === "origin" ? baseline.origin : null,
    gates: baseline.gates,
    attempt: (await countTries(tx, version.id)) + 1,
    samplesTotal: samplesNeeded(suite.caseCount),
    requestedBy: actorLabel(ctx.actor),
    message: WAITS_FOR_TURN,
  });
  await holdBoth(ctx, runId, version, baseline);
  await audit(ctx, {
    action: "run.start",
    object: { type: "run", id: runId },
    tenantId: version.tenantId,
    after: { versionId: version.id, suiteId: suite.id, baseline: baseline.kind, gates: baseline.gates },
  });
  const run = await getRun(tx, runId);
  if (run === null) throw new Error(`run ${runId} is not there after it was added`);
  return toRun(run, ctx.scope.kind === "platform");
}

async function requireVersion(ctx: Ctx, versionId: string): Promise<VersionRecord> {
  const version = await getVersion(ctx.tx, versionId);
  if (version === null) throw notFound("version");
  if (version.state !== "ready")
    throw conflict(
      "version_not_ready",
      `Version ${version.number} is ${version.state}; only a ready one can be evaluated.`,
      "Wait for its checks, or add a corrected version.",
    );
  const tenant = await getTenant(ctx.tx, version.tenantId);
  if (tenant !== null && tenant.status !== "active")
    throw conflict(
      "tenant_suspended",
      `${tenant.name} is suspended; the gateway refuses its requests.`,
      "Activate it first.",
    );
  return version;
}

async function chooseSuite(ctx: Ctx, tenantId: string, suiteId: string | undefined): Promise<SuiteRow> {
  if (suiteId === undefined) {
    const found = await defaultSuite(ctx.tx, tenantId);
    if (found) return found;
    throw invalidField("suiteId", "no_suite", "The tenant has no suite of prompts yet.", "Generate one first.");
  }
  const suite = await getSuite(ctx.tx, suiteId);
  if (suite?.tenantId === tenantId) return suite;
  throw invalidField(
    "suiteId",
    "unknown_suite",
    "The tenant has no such suite.",
    "Take an id from its list of suites.",
  );
}

async function holdBoth(ctx: Ctx, runId: string, version: VersionRecord, baseline: Baseline): Promise<void> {
  const holder = runHolder(runId);
  const reason = `Evaluation of version ${version.number}.`;
  const liveId = baseline.kind === "live" ? [baseline.version.id] : [];
  // whoever touches placements of several versions takes them in the order of ids, so that nobody waits in a circle
  for (const id of [version.id, ...liveId].sort()) await lockPlacements(ctx.tx, id);
  await holdPlacement(ctx, { versionId: version.id, nodeIds: "pool", holder, reason });
  if (baseline.kind === "live")
    await holdPlacement(ctx, { versionId: baseline.version.id, nodeIds: "pool", holder, reason });
  if (baseline.kind === "standalone")
    await holdPlacement(ctx, { versionId: version.id, nodeIds: [baseline.nodeId], holder, reason });
}
