import { staleEdit } from "#lib/http/etag.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type AppError, conflict } from "#lib/platform/errors.ts";
import { lockedCutover } from "./abort-cutover.ts";
import { stepFacts } from "./advance-watched.ts";
import { enterOrAsk } from "./approvals/ask-approval.ts";
import { requireCutoversMove } from "./freeze/cutover-freeze.ts";
import { isWatched, type StepFacts, stepAfter } from "./plan-step.ts";
import type { Cutover } from "./schema.ts";
import { type CutoverRecord, getCutover, planOf, trackOf } from "./store.ts";
import { toCutover } from "./view-cutover.ts";

type Input = {
  cutoverId: string;
  expectedGeneration: number;
  withoutSamples: boolean;
  reason?: string | undefined;
};

/**
 * Ends the present step now, whatever its time; where somebody has to agree to the next one, they are asked. A breach, a version that cannot answer and a hold stand against it; too few
 * samples do as long as the caller does not say that it should go on without.
 * @throws AppError `not_found`, `stale`, or `conflict` (`frozen`, `wrong_phase`, `held`, `guard_breached`, `not_loaded`,
 * `too_few_samples`)
 */
export async function promoteCutover(ctx: Ctx, input: Input): Promise<Cutover> {
  const { cutoverId, expectedGeneration, withoutSamples, reason } = input;
  const cutover = await lockedCutover(ctx, cutoverId);
  if (cutover.generation !== expectedGeneration) throw staleEdit();
  const { phase, weight } = cutover;
  if (!isWatched(phase)) throw conflict("wrong_phase", `The cutover is ${phase}: it has no running step to end.`, WAIT);
  await requireCutoversMove(ctx);
  const facts = await stepFacts(ctx, cutover, phase);
  const refusal = refusalOf(facts, withoutSamples);
  if (refusal) throw refusal;
  const next = stepAfter({ phase, index: cutover.stepIndex }, planOf(cutover), trackOf(cutover));
  const seen = facts.samples === null ? "no gateway heard" : `${facts.samples} samples`;
  const how = `Promoted manually${withoutSamples ? " without the required samples" : ""} (${seen})`;
  await enterOrAsk(ctx, cutover, next, reason === undefined ? `${how}.` : `${how}: ${reason}`);
  const after = await reread(ctx, cutover);
  await audit(ctx, {
    action: "cutover.promote",
    object: { type: "cutover", id: cutoverId },
    tenantId: cutover.tenantId,
    before: { phase, weight },
    after: {
      phase: after.phase,
      weight: after.weight,
      awaitingApproval: after.awaitingApproval,
      withoutSamples,
      samples: facts.samples,
    },
    reason: reason ?? null,
  });
  return toCutover(after, ctx.scope.kind === "platform");
}

const WAIT = "Wait until it has come to a step of shadow, canary or soak.";

const reread = async (ctx: Ctx, cutover: CutoverRecord): Promise<CutoverRecord> =>
  (await getCutover(ctx.tx, cutover.id)) ?? cutover;

function refusalOf({ phase, plan, hold, samples, breach, away }: StepFacts, withoutSamples: boolean): AppError | null {
  if (breach !== null) return conflict("guard_breached", breach, "It is rolled back within seconds.");
  if (hold !== null)
    return conflict("held", typeof hold === "string" ? HELD[hold] : hold.frozen, "End what holds it first.");
  if (away !== null) return conflict("not_loaded", away, "Wait until it is routable.");
  if (phase === "soaking" || withoutSamples) return null;
  if (samples !== null && samples >= plan.minRequests) return null;
  return conflict(
    "too_few_samples",
    samples === null
      ? "No gateway reports on requests."
      : `The step has seen ${samples} of ${plan.minRequests} requests.`,
    "Wait for more, or set withoutSamples to continue without them.",
    "withoutSamples",
  );
}

const HELD = {
  paused: "The cutover is paused.",
  approval: "The cutover waits for approval.",
} as const;
