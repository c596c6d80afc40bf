import { type Ctx, systemRead } from "#lib/identity/ctx.ts";
import type { PlacementRow } from "../node-state.ts";
import { addEvents } from "../node-store.ts";
import { routable } from "../placement-condition.ts";
import { settleRetention } from "../settle-retention.ts";
import { lockPlacements } from "../store.ts";
import { fencedWrite, type NodeRun, recordStep, removalKey, type Step } from "./node-run.ts";
import {
  dropRegistration,
  forgetPlacement,
  isStillUnmanaged,
  isStillUnwanted,
  markUnloaded,
} from "./reconcile-store.ts";

/** An unmanaged adapter whose unload was refused is left alone for so long. */
const REMOVE_AGAIN_MS = 60_000;

/** Unloads what nobody needs any more. */
export async function unload(run: NodeRun, placement: PlacementRow): Promise<Step> {
  const { deps, fence, node } = run;
  if (!(await systemRead(deps, "reconcile", (ctx) => isStillUnwanted(ctx.tx, placement.id)))) return "skip";
  const outcome = await run.client.unload(placement.loraName, run.signal);
  if (outcome.kind === "unknown") {
    await recordStep(run, placement, {
      finding: routable.not("unloading", `The node did not confirm the unload: ${outcome.message}`),
      event: { kind: "unload", outcome: "failed", message: outcome.message },
      retry: "transient",
    });
    return "skip";
  }
  const message = outcome.kind === "unloaded" ? "Unloaded: it is not needed here." : "It was not loaded any more.";
  await fencedWrite(deps, fence, async (ctx) => {
    await dropRegistration(ctx.tx, node.id, placement.loraName);
    await addEvents(ctx.tx, node.id, [{ kind: "unload", outcome: "ok", message, placement }], deps.clock.now());
    await noteUnloaded(ctx, run, placement);
  });
  return "skip";
}

/**
 * Drops a placement that is neither wanted nor there, and with the last one the hold on the version's files. What has not
 * been noted as unloaded is noted only: a request that began before may still make the engine read the files.
 */
export async function forget(run: NodeRun, placement: PlacementRow): Promise<Step> {
  const { versionId, unloadedAt } = placement;
  await fencedWrite(run.deps, run.fence, async (ctx) => {
    if (unloadedAt === null) return noteUnloaded(ctx, run, placement);
    await lockPlacements(ctx.tx, versionId);
    await forgetPlacement(ctx.tx, placement.id, unloadedAt);
    await settleRetention(ctx, versionId);
  });
  return "next";
}

/** From here on the version may be taken out of use; its files stay. */
async function noteUnloaded(ctx: Ctx, run: NodeRun, placement: PlacementRow): Promise<void> {
  await lockPlacements(ctx.tx, placement.versionId);
  if (!(await markUnloaded(ctx.tx, placement.id, run.deps.clock.now(), run.epoch))) return;
  await settleRetention(ctx, placement.versionId);
}

/** Unloads a name that no placement speaks of, as the pool's drift policy `remove` asks for. */
export async function removeUnmanaged(run: NodeRun, loraName: string): Promise<Step> {
  const { deps, fence, node } = run;
  if (!(await systemRead(deps, "reconcile", (ctx) => isStillUnmanaged(ctx.tx, node.id, loraName)))) return "skip";
  const outcome = await run.client.unload(loraName, run.signal);
  const now = deps.clock.now();
  const isGone = outcome.kind !== "unknown";
  if (!isGone) run.refusedRemovals.set(removalKey(node.id, loraName), new Date(now.getTime() + REMOVE_AGAIN_MS));
  const message = isGone
    ? "Unloaded: Switchyard did not load it, and the pool's policy is to remove such adapters."
    : `Switchyard did not load it, and the node did not confirm its unload: ${outcome.message}`;
  await fencedWrite(deps, fence, async ({ tx }) => {
    if (isGone) await dropRegistration(tx, node.id, loraName);
    await addEvents(tx, node.id, [{ kind: "drift", outcome: isGone ? "ok" : "failed", loraName, message }], now);
  });
  return isGone ? "next" : "skip";
}
