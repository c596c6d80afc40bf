import { requireNotFrozen } from "#lib/fleet/controls/require-not-frozen.ts";
import { holdPlacement } from "#lib/fleet/hold-placement.ts";
import { standaloneNodes } from "#lib/fleet/routable-nodes.ts";
import type { Holder } from "#lib/fleet/schema.ts";
import { lockPlacements } from "#lib/fleet/store.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import { getTenant } from "#lib/registry/tenants/tenant-store.ts";
import { getVersion, type VersionRecord } from "#lib/registry/versions/version-store.ts";
import { samplesNeeded } from "./plan-samples.ts";
import type { Run } from "./schema.ts";
import { activeRunOf, countTries, getRun, insertRun, lockSubject } from "./store.ts";
import { defaultSuite, getSuite, type SuiteRow } from "./suites/suite-store.ts";
import { toRun } from "./view-run.ts";
import { WAITS_FOR_TURN } from "./waits-for-turn.ts";

export const runHolder = (runId: string): Holder => `run:${runId}`;

/** Who the candidate is measured against. */
type Baseline = { kind: "live"; version: VersionRecord } | { kind: "standalone"; nodeId: string };

/**
 * Queues an evaluation of a version against the one that is live, else against itself alone on the pool's standalone
 * node, and asks the fleet to load both; the worker does the rest.
 * @throws AppError `not_found`, `invalid` naming suiteId (`no_suite`, `unknown_suite`), or `conflict`
 * (`frozen`, `version_not_ready`, `tenant_suspended`, `run_active`, `no_baseline`, `no_nodes`)
 */
export async function startRun(ctx: Ctx, input: { versionId: string; suiteId?: string | undefined }): Promise<Run> {
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
  const baseline = await chooseBaseline(ctx, version);
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
    baselineEndpointId: null,
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
    after: { versionId: version.id, suiteId: suite.id, baseline: baseline.kind },
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

async function chooseBaseline(ctx: Ctx, version: VersionRecord): Promise<Baseline> {
  const liveId = (await getAdapter(ctx.tx, version.adapterId))?.route.liveVersionId ?? null;
  const live = liveId === null || liveId === version.id ? null : await getVersion(ctx.tx, liveId);
  // a live version that was withdrawn can be loaded nowhere, so nothing can be measured against it
  if (live?.state === "ready") return { kind: "live", version: live };
  const [node] = await standaloneNodes(ctx.tx, version.poolId);
  if (node) return { kind: "standalone", nodeId: node.nodeId };
  throw conflict(
    "no_baseline",
    "There is nothing to compare with: no other version is live, and the pool has no standalone node.",
    "Add a node to the pool with standalone: true, then run the gate again.",
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
  else await holdPlacement(ctx, { versionId: version.id, nodeIds: [baseline.nodeId], holder, reason });
}
