import { getRollout, rolloutsOf } from "#lib/fleet/rollout/rollout-store.ts";
import { startRollout } from "#lib/fleet/rollout/start-rollout.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { AppError } from "#lib/platform/errors.ts";
import { getStep } from "#lib/registry/offboarding/offboarding-store.ts";
import { recordOffboardingStep } from "#lib/registry/offboarding/record-offboarding-step.ts";
import { fencedStep, type StepWorker } from "#lib/registry/offboarding/step-worker.ts";
import { judgeResidue, type ResidueEntry, residueOutcome } from "./judge-residue.ts";
import { readResidue } from "./residue.ts";
import { epochsOf } from "./residue-store.ts";

const DRAIN_SECONDS = 300;
const RESTART_SECONDS = 1_800;

/**
 * Watches which nodes are proven clear of a tenant's weights, and has the others restarted where that was asked for, by
 * their pools' restart step and one at a time. Otherwise it says where weights may stay, and goes on scraping.
 */
export const clearResidency: StepWorker = {
  step: "residency",
  advance: ({ deps, fence, tenant }) =>
    fencedStep(deps, fence, async (ctx) => {
      const before = await getStep(ctx.tx, tenant.id, "residency");
      const known = (before?.record.nodes ?? []) as ResidueEntry[];
      const restartNodes = before?.record.restartNodes === true;
      const seen = await readResidue(ctx, tenant.id);
      const epochs = await epochsOf(
        ctx.tx,
        known
          .concat()
          .map(({ nodeId }) => nodeId)
          .concat(seen.map(({ nodeId }) => nodeId)),
      );
      const judged = judgeResidue(known, seen, epochs, ctx.clock.now());
      const arePlacementsDone = (await getStep(ctx.tx, tenant.id, "placements"))?.state === "done";
      const nodes = arePlacementsDone && restartNodes ? await restart(ctx, judged) : judged;
      const outcome = residueOutcome(nodes, { arePlacementsDone, restartNodes });
      await recordOffboardingStep(ctx, { tenantId: tenant.id, step: "residency", ...outcome, record: { nodes } });
    }),
};

/** Follows the restarts that were begun, and begins those that were not, a pool at a time. */
async function restart(ctx: Ctx, entries: readonly ResidueEntry[]): Promise<ResidueEntry[]> {
  const followed: ResidueEntry[] = [];
  for (const entry of entries) followed.push(await follow(ctx, entry));
  const waiting = followed.filter(
    ({ clearedAt, rolloutId, problem }) => clearedAt === null && rolloutId === null && problem === null,
  );
  for (const poolId of new Set(waiting.map((entry) => entry.poolId))) {
    const mine = waiting.filter((entry) => entry.poolId === poolId);
    const begun = await begin(
      ctx,
      poolId,
      mine.map(({ nodeId }) => nodeId),
    );
    for (const entry of mine) Object.assign(entry, begun);
  }
  return followed;
}

async function follow(ctx: Ctx, entry: ResidueEntry): Promise<ResidueEntry> {
  if (entry.clearedAt !== null || entry.rolloutId === null) return { ...entry };
  const rollout = await getRollout(ctx.tx, entry.rolloutId);
  if (rollout?.state === "running") return { ...entry };
  const end = rollout === null ? "is gone" : `ended as ${rollout.state}`;
  return { ...entry, problem: `The restart of ${entry.nodeName} ${end}.` };
}

/** @returns what is to be noted on each of the nodes; nothing while another rollout of the pool is on its way */
async function begin(
  ctx: Ctx,
  poolId: string,
  nodeIds: readonly string[],
): Promise<Partial<Pick<ResidueEntry, "rolloutId" | "problem">>> {
  const [last] = await rolloutsOf(ctx.tx, poolId, 1);
  if (last?.state === "running") return {};
  try {
    const times = { drainSeconds: DRAIN_SECONDS, restartSeconds: RESTART_SECONDS };
    const rollout = await startRollout(ctx, { poolId, target: {}, ...times, onlyNodes: nodeIds });
    return { rolloutId: rollout.id };
  } catch (error) {
    if (error instanceof AppError) return { problem: `${error.message} ${error.fix ?? ""}`.trim() };
    throw error;
  }
}
