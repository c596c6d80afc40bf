import { readProgress } from "#lib/evals/read-progress.ts";
import { latestVerdict } from "#lib/evals/verdict/verdict-store.ts";
import { freezeInForce, freezeSentence } from "#lib/fleet/controls/require-not-frozen.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";
import { recordAnnotation } from "#lib/telemetry/record-annotation.ts";
import { abortHeld, lockedCutover } from "./abort-cutover.ts";
import { decideWarming, type WarmingDecision } from "./decide-warming.ts";
import { cutoverHolder, handOver, letGo } from "./hand-over.ts";
import { originKeptUntil } from "./moving-in/origin-kept-until.ts";
import { isOpen } from "./phases.ts";
import { type CutoverRecord, saveMessage } from "./store.ts";
import { takeStep } from "./take-step.ts";

/**
 * Takes the next step of an open cutover, if it is time; called by the loop, one transaction a step. Under a freeze it
 * stays where it is.
 * @returns true when its phase has changed, so that the next step may follow at once
 * @throws AppError `conflict` when the step is impossible for good; the loop then aborts it with that message
 */
export async function advanceCutover(ctx: Ctx, cutoverId: string): Promise<boolean> {
  const cutover = await lockedCutover(ctx, cutoverId);
  const freeze = isOpen(cutover.phase) ? await freezeInForce(ctx) : null;
  if (freeze) {
    await say(ctx, cutover, `Paused by freeze: ${freezeSentence(freeze)}`);
    return false;
  }
  switch (cutover.phase) {
    case "pending":
      // its nodes have been asked to load it since it was started
      await takeStep(ctx, cutover, { phase: "warming", reason: null, message: "Waits for the nodes to load it." });
      return true;
    case "warming":
      return carryOut(ctx, cutover, await judgeWarming(ctx, cutover));
    case "full":
      await takeStep(ctx, cutover, { phase: "completed", reason: null });
      return true;
    case "shadow":
    case "canary":
    case "soaking":
      // no cutover enters these yet
      return false;
    case "completed":
    case "rolled_back":
    case "aborted":
      return false;
  }
}

async function judgeWarming(ctx: Ctx, cutover: CutoverRecord): Promise<WarmingDecision> {
  const version = await getVersion(ctx.tx, cutover.toVersionId);
  if (version === null) throw new Error(`the version of cutover ${cutover.id} is gone`);
  const verdict = await latestVerdict(ctx.tx, version.id);
  const passed = verdict?.outcome === "pass" ? "passed" : "lost";
  const since = cutover.history.findLast(({ phase }) => phase === "warming")?.at ?? cutover.createdAt.toISOString();
  return decideWarming(
    {
      name: `Version ${version.number}`,
      gate: cutover.overrideReason === null ? passed : "overridden",
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
      await say(ctx, cutover, decision.message);
      return false;
    case "abort":
      await abortHeld(ctx, cutover, decision.message, decision.message);
      return true;
    case "advance":
      await goLive(ctx, cutover);
      return true;
  }
}

/** What it waits for, written down when it is something else than before. */
async function say(ctx: Ctx, { id, phase, message }: CutoverRecord, now: string): Promise<void> {
  if (message !== now) await saveMessage(ctx.tx, id, phase, now);
}

/** Traffic moves here, and with it everything that says so. */
async function goLive(ctx: Ctx, cutover: CutoverRecord): Promise<void> {
  const { adapterId, fromVersionId, toVersionId } = cutover;
  const originUntil = cutover.fromOrigin ? await originKeptUntil(ctx) : undefined;
  await handOver(ctx, { adapterId, toVersionId, fromVersionId, keepFromWarm: true, originUntil });
  await letGo(ctx, { versionId: toVersionId, holder: cutoverHolder(cutover.id) });
  await takeStep(ctx, cutover, { phase: "full", reason: null });
  await recordAnnotation(ctx, {
    kind: "cutover",
    title: `${cutover.adapterSlug} of ${cutover.tenantName}: ${changeText(cutover)}${cutover.overrideReason === null ? "" : " (override)"}`,
    tenantId: cutover.tenantId,
    ref: { type: "cutover", id: cutover.id },
  });
}

function changeText({ fromNumber, toNumber, fromOrigin }: CutoverRecord): string {
  if (fromNumber !== null) return `v${fromNumber} → v${toNumber}`;
  return fromOrigin ? `moves in from its origin, v${toNumber} goes live` : `v${toNumber} goes live`;
}
