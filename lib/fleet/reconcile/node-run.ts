import { type Ctx, type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import type { Damage, DigestCheck } from "#lib/registry/artifacts/verify-digest.ts";
import { damageReason } from "#lib/registry/integrity/damage-reason.ts";
import { readDirectory } from "#lib/registry/integrity/integrity-store.ts";
import { quarantineVersion } from "#lib/registry/integrity/quarantine-version.ts";
import { storedStamp } from "#lib/registry/integrity/stored-stamp.ts";
import { verifyStored } from "#lib/registry/integrity/verify-stored.ts";
import type { LoadErrorClass } from "#lib/vllm/errors.ts";
import type { NodeClient } from "#lib/vllm/node-client.ts";
import { type Finding, moveCondition } from "../conditions.ts";
import type { NodeState, PlacementRow, RegistrationRow } from "../node-state.ts";
import { addEvents } from "../node-store.ts";
import { retryDelayMs } from "./backoff.ts";
import type { NodeEvent } from "./poll.ts";
import type { Prober } from "./prober.ts";
import { dropRegistration, putRegistration, savePlacement } from "./reconcile-store.ts";
import type { WriteBehind } from "./write-behind.ts";

/** What one node's work runs in. */
export type NodeRun = {
  deps: Deps;
  /** Every write is refused once another worker has the loop. */
  fence: Fence;
  node: NodeState;
  /** After the present poll. */
  epoch: number;
  client: NodeClient;
  prober: Prober;
  /** What is being written down while the node works on. */
  writes: WriteBehind;
  /** Digests that are being computed ahead of their load, by placement. */
  ahead: Map<string, Promise<VerifiedBytes>>;
  /** What the files looked like before they were verified in this pass, by placement. */
  stamps: Map<string, string | null>;
  /** Something on the node is routable, so that it serves already. */
  hasProven: boolean;
  /** Base-model requests beside adapters come out wrong on it. */
  mixesBaseRows: boolean;
  /** Unmanaged adapters whose unload was refused a moment ago, by name: not before then. Kept between passes. */
  refusedRemovals: Map<string, Date>;
  random: () => number;
  signal: AbortSignal;
};

/** "next": go on with this placement. "skip": nothing more for it now. "stop": poll the node again first. */
export type Step = "next" | "skip" | "stop";

/** Where a refused removal is remembered. */
export const removalKey = (nodeId: string, loraName: string): string => `${nodeId} ${loraName}`;

/** A loop's transaction: refused once another worker has the loop. */
export const fencedWrite = <T>(deps: Deps, fence: Fence, change: (ctx: Ctx) => Promise<T>): Promise<T> =>
  systemWrite(deps, fence.name, async (ctx) => {
    await requireTerm(ctx.tx, fence);
    return change(ctx);
  });

/** What came of one step on a placement; written together or not at all. */
export type StepOutcome = {
  finding: Finding;
  /** null = it is gone. What is not given stays. */
  registration?: (Pick<RegistrationRow, "state" | "probe"> & Partial<Pick<RegistrationRow, "verifiedDigest">>) | null;
  event?: Omit<NodeEvent, "placement">;
  /** How it failed, for the time of the next attempt; "settled" = no further attempts wait. */
  retry?: LoadErrorClass | "pending" | "settled";
  /** What was found wrong in the stored bytes: nobody loads them again. */
  damage?: Damage;
};

export const recordStep = (run: NodeRun, placement: PlacementRow, outcome: StepOutcome): Promise<void> =>
  recordSteps(run, [{ placement, outcome }]);

/** Several at once, in one transaction. */
export async function recordSteps(
  run: NodeRun,
  steps: readonly { placement: PlacementRow; outcome: StepOutcome }[],
): Promise<void> {
  const now = run.deps.clock.now();
  await fencedWrite(run.deps, run.fence, async (ctx) => {
    for (const { placement, outcome } of steps) await writeStep(ctx, run, placement, outcome, now);
  });
}

async function writeStep(
  ctx: Ctx,
  run: NodeRun,
  placement: PlacementRow,
  outcome: StepOutcome,
  now: Date,
): Promise<void> {
  const condition = moveCondition(placement.condition, outcome.finding, now);
  const retry = outcome.retry === undefined ? undefined : nextAttempt(run, placement, outcome.retry, now);
  const change = { placementId: placement.id, generation: placement.generation, condition };
  await savePlacement(ctx.tx, retry ? { ...change, retry } : change);
  if (outcome.registration === null) await dropRegistration(ctx.tx, run.node.id, placement.loraName);
  else if (outcome.registration) {
    const { loraName, versionId, tenantId } = placement;
    const row = { loraName, versionId, epoch: run.epoch, ...outcome.registration };
    await putRegistration(ctx.tx, run.node.id, row, now, tenantId);
  }
  if (outcome.event) await addEvents(ctx.tx, run.node.id, [{ ...outcome.event, placement }], now);
  const { damage } = outcome;
  if (damage) await quarantineVersion(ctx, { versionId: placement.versionId, reason: damageReason(damage), damage });
}

function nextAttempt(run: NodeRun, placement: PlacementRow, fault: LoadErrorClass | "pending" | "settled", now: Date) {
  if (fault === "settled") return { attempts: 0, nextAttemptAt: null };
  const attempts = placement.attempts + 1;
  return { attempts, nextAttemptAt: new Date(now.getTime() + retryDelayMs(fault, attempts, run.random)) };
}

/** What a check of a version's stored bytes came to, and what the files looked like right before it began. */
export type VerifiedBytes = { check: DigestCheck; stamp: string | null };

/** A thread that died, or a database that is away, says nothing about the bytes. */
const unreadable = (message: string): VerifiedBytes => ({
  check: { kind: "unreadable", path: "", message },
  stamp: null,
});

/** Reads the stored bytes against their digests; a result that was started ahead is used once. */
export function verifyBytes(run: NodeRun, placement: PlacementRow): Promise<VerifiedBytes> {
  const started = run.ahead.get(placement.id);
  run.ahead.delete(placement.id);
  return started ?? readAndVerify(run.deps, placement).catch((error) => unreadable(errorText(error)));
}

async function readAndVerify(deps: Deps, { versionId }: PlacementRow): Promise<VerifiedBytes> {
  const stored = await systemRead(deps, "reconcile", (ctx) => readDirectory(ctx.tx, versionId));
  if (stored === null) return unreadable("The version was taken out of use a moment ago.");
  const stamp = await storedStamp(deps, stored);
  return { check: await verifyStored(deps, stored), stamp };
}

/** Whether the files are the very ones that were verified in this pass, untouched since then. */
export async function isUntouched(run: NodeRun, placement: PlacementRow): Promise<boolean> {
  const before = run.stamps.get(placement.id) ?? null;
  const stored = await systemRead(run.deps, "reconcile", (ctx) => readDirectory(ctx.tx, placement.versionId));
  return stored !== null && before !== null && (await storedStamp(run.deps, stored)) === before;
}

/** Reads the next version's bytes while the node is busy with this one. */
export function verifyAhead(run: NodeRun, placement: PlacementRow): void {
  if (!run.ahead.has(placement.id)) run.ahead.set(placement.id, verifyBytes(run, placement));
}
