import { readProgress } from "#lib/evals/running/read-progress.ts";
import { latestJudged } from "#lib/evals/verdict/verdict-store.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";
import { abortHeld } from "./abort-cutover.ts";
import { enterOrAsk } from "./approvals/ask-approval.ts";
import { cutoverFreeze } from "./freeze/cutover-freeze.ts";
import { goBack } from "./go-back.ts";
import { breachSentence, judgeSignals } from "./guard/judge-signals.ts";
import { isGatewayHeard, readSides } from "./guard/watch-step.ts";
import { noteMessage } from "./note-message.ts";
import { decideStep, type StepFacts, stepAfter, type WatchedPhase } from "./plan-step.ts";
import { type CutoverRecord, planOf, trackOf } from "./store.ts";
import { hasWayBack } from "./view-cutover.ts";

/** One look at a step that its guard watches. @returns true when the cutover has moved on or back */
export async function advanceWatched(ctx: Ctx, cutover: CutoverRecord, phase: WatchedPhase): Promise<boolean> {
  const facts = await stepFacts(ctx, cutover, phase);
  const decision = decideStep(facts, ctx.clock.now());
  switch (decision.kind) {
    case "wait":
      await noteMessage(ctx, cutover, decision.message);
      return false;
    case "next": {
      const at = { phase, index: cutover.stepIndex };
      return enterOrAsk(ctx, cutover, stepAfter(at, facts.plan, trackOf(cutover)), decision.reason);
    }
    case "back":
      return turnBack(ctx, cutover, phase, decision.reason);
  }
}

/** What is decided by, read in the caller's transaction. */
export async function stepFacts(ctx: Ctx, cutover: CutoverRecord, phase: WatchedPhase): Promise<StepFacts> {
  const stepAt = cutover.stepAt ?? cutover.createdAt;
  const { candidate, live } = await readSides(ctx, cutover, phase, stepAt);
  const { breach, away } = await judgeVersion(ctx, cutover, phase);
  return {
    phase,
    plan: planOf(cutover),
    stepAt,
    hold: await holdOf(ctx, cutover),
    samples: (await isGatewayHeard(ctx)) ? candidate.requests : null,
    breach: breach ?? breachSentence(judgeSignals(candidate, live)),
    away,
  };
}

async function holdOf(ctx: Ctx, { paused, awaitingApproval }: CutoverRecord): Promise<StepFacts["hold"]> {
  if (paused) return "paused";
  if (awaitingApproval) return "approval";
  const freeze = await cutoverFreeze(ctx);
  return freeze && { frozen: freeze.paused };
}

/** Whether the version may and can answer at all. */
async function judgeVersion(
  ctx: Ctx,
  { id, toVersionId, overrideReason }: CutoverRecord,
  phase: WatchedPhase,
): Promise<Pick<StepFacts, "breach" | "away">> {
  const version = await getVersion(ctx.tx, toVersionId);
  if (version === null) throw new Error(`the version of cutover ${id} is gone`);
  const name = `Version ${version.number}`;
  if (version.state !== "ready") return { breach: `${name} is ${version.state} by now.`, away: null };
  const isGated = phase !== "soaking" && overrideReason === null;
  // what expires while it is under way does not turn it back: the guard looks at what it does today
  const [judged] = isGated ? await latestJudged(ctx.tx, [toVersionId]) : [];
  if (isGated && judged?.verdict.outcome !== "pass")
    return { breach: `A newer evaluation of ${name} did not pass.`, away: null };
  const { routable, failed, waiting } = await readProgress(ctx, toVersionId, "serving");
  if (routable.length > 0) return { breach: null, away: null };
  if (failed.length > 0 && waiting.length === 0)
    return { breach: `${name} could not be loaded again. ${failed.join(" ")}`, away: null };
  return { breach: null, away: `${name} is routable on no node now. ${waiting.join(" ")}`.trim() };
}

/** The guard's own deed. */
async function turnBack(ctx: Ctx, cutover: CutoverRecord, phase: WatchedPhase, reason: string): Promise<boolean> {
  const guardedAt = ctx.clock.now();
  switch (phase) {
    case "shadow":
      await abortHeld(ctx, cutover, { reason, message: `${reason} Nothing was switched.`, guardedAt });
      return true;
    case "canary":
      await goBack(ctx, cutover, { reason, message: reason, guardedAt });
      return true;
    case "soaking":
      if (cutover.liveVersionId === cutover.toVersionId && hasWayBack(cutover)) {
        await goBack(ctx, cutover, { reason, message: reason, guardedAt });
        return true;
      }
      await noteMessage(ctx, cutover, `${reason} There is nothing left to roll back to: cut over to another version.`);
      return false;
  }
}
