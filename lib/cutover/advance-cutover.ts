import { readProgress } from "#lib/evals/running/read-progress.ts";
import { readGate } from "#lib/evals/verdict/read-gate.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";
import { countRequests } from "#lib/requests/outcomes/outcome-store.ts";
import { abortHeld, lockedCutover } from "./abort-cutover.ts";
import { advanceWatched } from "./advance-watched.ts";
import { enterOrAsk } from "./approvals/ask-approval.ts";
import type { CutoverTrack } from "./browser/plan-schema.ts";
import { chooseTrack, requestsPerHour } from "./choose-track.ts";
import { decideWarming, type WarmingDecision } from "./decide-warming.ts";
import { enterStep } from "./enter-step.ts";
import { cutoverFreeze } from "./freeze/cutover-freeze.ts";
import { noteMessage } from "./note-message.ts";
import { stepAfter } from "./plan-step.ts";
import { findRefusal } from "./require-pass.ts";
import { type CutoverRecord, planOf, saveTrack, trackOf } from "./store.ts";
import { takeStep } from "./take-step.ts";

/**
 * Takes the next step of an open cutover, if it is time; called by the loop, one transaction a step. Under a freeze it
 * stays where it is, and is rolled back all the same when its guard is breached.
 * @returns true when its phase has changed, so that the next step may follow at once
 * @throws AppError `conflict` when the step is impossible for good; the loop then aborts it with that message
 */
export async function advanceCutover(ctx: Ctx, cutoverId: string): Promise<boolean> {
  const cutover = await lockedCutover(ctx, cutoverId);
  const { phase } = cutover;
  switch (phase) {
    case "pending":
      if (await isFrozen(ctx, cutover)) return false;
      // its nodes have been asked to load it since it was started
      await takeStep(ctx, cutover, { phase: "warming", reason: null, message: "Waits for the nodes to load it." });
      return true;
    case "warming":
      if (await isFrozen(ctx, cutover)) return false;
      return carryOut(ctx, cutover, await judgeWarming(ctx, cutover));
    case "full": {
      if (await isFrozen(ctx, cutover)) return false;
      await enterStep(ctx, cutover, stepAfter({ phase, index: 0 }, planOf(cutover), trackOf(cutover)), null);
      return true;
    }
    case "shadow":
    case "canary":
    case "soaking":
      return advanceWatched(ctx, cutover, phase);
    case "completed":
    case "rolled_back":
    case "aborted":
      return false;
  }
}

async function isFrozen(ctx: Ctx, cutover: CutoverRecord): Promise<boolean> {
  const freeze = await cutoverFreeze(ctx);
  if (freeze !== null) await noteMessage(ctx, cutover, freeze.paused);
  else if (cutover.paused) await noteMessage(ctx, cutover, "Paused until it is resumed.");
  return freeze !== null || cutover.paused;
}

async function judgeWarming(ctx: Ctx, cutover: CutoverRecord): Promise<WarmingDecision> {
  const version = await getVersion(ctx.tx, cutover.toVersionId);
  if (version === null) throw new Error(`the version of cutover ${cutover.id} is gone`);
  const name = `Version ${version.number}`;
  const refusal = cutover.overrideReason === null ? findRefusal(name, await readGate(ctx, version.id)) : null;
  const since = cutover.history.findLast(({ phase }) => phase === "warming")?.at ?? cutover.createdAt.toISOString();
  return decideWarming(
    {
      name,
      refusal: refusal?.message ?? null,
      state: version.state,
      progress: await readProgress(ctx, version.id, "serving"),
      warmingSince: new Date(since),
    },
    ctx.clock.now(),
  );
}

async function carryOut(ctx: Ctx, cutover: CutoverRecord, decision: WarmingDecision): Promise<boolean> {
  switch (decision.kind) {
    case "wait":
      if (!cutover.awaitingApproval) await noteMessage(ctx, cutover, decision.message);
      return false;
    case "abort":
      await abortHeld(ctx, cutover, { reason: decision.message, message: decision.message });
      return true;
    case "advance": {
      if (cutover.awaitingApproval) return false;
      const plan = planOf(cutover);
      const track = cutover.track ?? (await decideTrack(ctx, cutover));
      const step = stepAfter({ phase: "warming", index: 0 }, plan, track);
      return enterOrAsk(ctx, { ...cutover, track }, step, track.reason);
    }
  }
}

/** Once: whoever agrees to it agrees to these steps. */
async function decideTrack(ctx: Ctx, cutover: CutoverRecord): Promise<CutoverTrack> {
  const facts = { live: liveOf(cutover), requestsPerHour: await readRate(ctx, cutover) } as const;
  const track = chooseTrack(planOf(cutover), facts);
  await saveTrack(ctx.tx, cutover.id, track);
  return track;
}

const liveOf = ({ fromVersionId, fromOrigin }: CutoverRecord) =>
  fromVersionId !== null ? "version" : fromOrigin ? "origin" : "nothing";

const DAY_MS = 24 * 3_600_000;

async function readRate(ctx: Ctx, { tenantId, adapterId }: CutoverRecord): Promise<number> {
  const now = ctx.clock.now();
  const from = new Date(now.getTime() - DAY_MS);
  return requestsPerHour(await countRequests(ctx.tx, { tenantId, adapterId, from, to: now }), from, now);
}
