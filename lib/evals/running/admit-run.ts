import { standaloneNodes } from "#lib/fleet/routable-nodes.ts";
import { type Ctx, type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";
import type { SideConditions } from "../conditions/run-conditions.ts";
import { markRunning, type RunRecord, runsInState, setRunMessage } from "../store.ts";
import { checkFit } from "./check-fit.ts";
import { conditionsOf, readRunSite } from "./complete-run.ts";
import { type Contender, decideAdmission } from "./decide-admission.ts";
import { failRun } from "./end-run.ts";
import { markRun } from "./mark-run.ts";
import { poolsOfAdapters } from "./pace-store.ts";
import { readProgress } from "./read-progress.ts";

export const EVAL_ACTOR = "evals";

/** Every write of the loop: refused once another worker has it. */
export const fencedWrite = <T>(deps: Deps, fence: Fence, change: (ctx: Ctx) => Promise<T>): Promise<T> =>
  systemWrite(deps, EVAL_ACTOR, async (ctx) => {
    await requireTerm(ctx.tx, fence);
    return change(ctx);
  });

/**
 * In each pool where no run asks, starts the oldest queued run that nobody has paused and whose versions are routable. Those
 * that cannot start say what they wait for and let later ones pass; those that never can fail with the reason.
 */
export async function admitNextRuns(deps: Deps, fence: Fence, concurrency: number): Promise<void> {
  const { queued, poolOf, taken } = await systemRead(deps, EVAL_ACTOR, async ({ tx }) => {
    const isWanted = ({ pausedAt }: RunRecord) => pausedAt === null;
    const asking = (await runsInState(tx, "running")).filter(isWanted);
    const waiting = (await runsInState(tx, "queued")).filter(isWanted);
    const pools = await poolsOfAdapters(tx, [...asking, ...waiting]);
    return { queued: waiting, poolOf: pools, taken: new Set(asking.map(({ adapterId }) => pools.get(adapterId))) };
  });
  for (const run of queued) {
    const poolId = poolOf.get(run.adapterId);
    if (!taken.has(poolId) && (await admit(deps, fence, run, concurrency))) taken.add(poolId);
  }
}

/** @returns true when it runs now */
async function admit(deps: Deps, fence: Fence, run: RunRecord, concurrency: number): Promise<boolean> {
  const { contenders, conditions } = await systemRead(deps, EVAL_ACTOR, (ctx) => examine(ctx, run, concurrency));
  const decision = decideAdmission(contenders, run.createdAt, deps.clock.now());
  switch (decision.kind) {
    case "start": {
      const misfit = await checkFit(deps, EVAL_ACTOR, run);
      if (misfit !== null) {
        await fencedWrite(deps, fence, (ctx) => failRun(ctx, run, misfit));
        return false;
      }
      return fencedWrite(deps, fence, (ctx) => startAsking(ctx, run, conditions));
    }
    case "wait":
      if (decision.message !== run.message)
        await fencedWrite(deps, fence, ({ tx }) => setRunMessage(tx, run.id, decision.message));
      return false;
    case "fail":
      await fencedWrite(deps, fence, (ctx) => failRun(ctx, run, decision.message));
      return false;
  }
}

async function startAsking(ctx: Ctx, run: RunRecord, conditions: SideConditions): Promise<boolean> {
  const isStarted = await markRunning(ctx.tx, run.id, { at: ctx.clock.now(), conditions });
  if (isStarted) await markRun(ctx, run, "started");
  return isStarted;
}

async function examine(
  ctx: Ctx,
  run: RunRecord,
  concurrency: number,
): Promise<{ contenders: Contender[]; conditions: SideConditions }> {
  const candidate = await examineLive(ctx, run.candidateVersionId);
  const baseline = await examineBaseline(ctx, run);
  const names = {
    candidate: new Set(candidate.progress.routable),
    baseline: new Set((baseline ?? candidate).progress.routable),
  };
  return {
    contenders: baseline === null ? [candidate] : [candidate, baseline],
    conditions: conditionsOf(run, await readRunSite(ctx, run), names, { concurrency, answeredAs: [] }),
  };
}

/** null = nothing has to be loaded for it: the base model answers wherever the candidate does, others on their own. */
async function examineBaseline(ctx: Ctx, run: RunRecord): Promise<Contender | null> {
  switch (run.baselineKind) {
    case "live":
      return run.baselineVersionId === null ? null : examineLive(ctx, run.baselineVersionId);
    case "standalone":
      return examineStandalone(ctx, run);
    case "origin":
    case "itself":
    case "base":
      return null;
  }
}

async function examineLive(ctx: Ctx, versionId: string): Promise<Contender> {
  const version = await getVersion(ctx.tx, versionId);
  if (version === null) throw new Error(`version ${versionId} of a queued run is gone`);
  const progress = await readProgress(ctx, versionId, "serving");
  return { name: `Version ${version.number}`, state: version.state, progress };
}

async function examineStandalone(ctx: Ctx, run: RunRecord): Promise<Contender> {
  const version = await getVersion(ctx.tx, run.candidateVersionId);
  if (version === null) throw new Error(`version ${run.candidateVersionId} of a queued run is gone`);
  const nodes = (await standaloneNodes(ctx.tx, version.poolId)).filter(({ nodeId }) => nodeId === run.baselineNodeId);
  const where = nodes[0]?.nodeName ?? "the standalone node, which is cordoned or gone";
  const progress = await readProgress(ctx, version.id, { nodes });
  return { name: `Version ${run.candidateNumber} alone on ${where}`, state: version.state, progress };
}
