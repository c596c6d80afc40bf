import type { Ctx } from "#lib/identity/ctx.ts";
import { recordAnnotation } from "#lib/metrics/marks/record-annotation.ts";
import { readSettings } from "#lib/pools/settings/settings-store.ts";
import { shadowShare } from "./choose-track.ts";
import { prepareGuard } from "./guard/watch-step.ts";
import type { Step } from "./plan-step.ts";
import { NO_SHARES, setShares } from "./shares.ts";
import { type CutoverRecord, planOf, trackOf } from "./store.ts";
import { cutoverHolder, releaseHold, switchLive } from "./switch-live.ts";
import { takeStep } from "./take-step.ts";

/** Takes a step that was decided on: what the gateway is told, what the guard will go by, and the entry in its history. */
export async function enterStep(ctx: Ctx, cutover: CutoverRecord, step: Step, reason: string | null): Promise<void> {
  const { adapterId, toVersionId: versionId } = cutover;
  switch (step.phase) {
    case "shadow": {
      const share = shadowShare(planOf(cutover), trackOf(cutover));
      const guard = await prepareGuard(ctx, cutover, "shadow");
      await setShares(ctx, adapterId, { ...NO_SHARES, mirror: { versionId, share } });
      await takeStep(ctx, cutover, { phase: "shadow", reason, guard });
      return;
    }
    case "canary": {
      const { index, weight } = step;
      const guard = await prepareGuard(ctx, cutover, "canary");
      await setShares(ctx, adapterId, { ...NO_SHARES, candidate: { versionId, weight } });
      await takeStep(ctx, cutover, { phase: "canary", reason, weight, stepIndex: index, guard });
      await mark(ctx, cutover, `v${cutover.toNumber} gets ${weight} %`);
      return;
    }
    case "full":
      await goLive(ctx, cutover, reason);
      return;
    case "soaking": {
      const guard = await prepareGuard(ctx, cutover, "soaking");
      await takeStep(ctx, cutover, { phase: "soaking", reason, weight: 100, guard });
      return;
    }
    case "completed":
      await takeStep(ctx, cutover, { phase: "completed", reason, weight: 100 });
      return;
  }
}

/** Traffic moves here, and with it everything that says so. */
async function goLive(ctx: Ctx, cutover: CutoverRecord, reason: string | null): Promise<void> {
  const { adapterId, fromVersionId, toVersionId } = cutover;
  const originUntil = cutover.fromOrigin ? await originKeptUntil(ctx) : undefined;
  await switchLive(ctx, { adapterId, toVersionId, fromVersionId, keepFromWarm: true, originUntil });
  await releaseHold(ctx, { versionId: toVersionId, holder: cutoverHolder(cutover.id) });
  await takeStep(ctx, cutover, { phase: "full", reason, weight: 100 });
  await mark(ctx, cutover, `${changeText(cutover)}${cutover.overrideReason === null ? "" : " (override)"}`);
}

const DAY_MS = 24 * 3_600_000;

/** Until when an origin that is left now is kept as the way back, by the setting. */
async function originKeptUntil(ctx: Ctx): Promise<Date> {
  const { originKeepDays } = await readSettings(ctx.tx);
  return new Date(ctx.clock.now().getTime() + originKeepDays * DAY_MS);
}

const mark = (ctx: Ctx, cutover: CutoverRecord, what: string): Promise<void> =>
  recordAnnotation(ctx, {
    kind: "cutover",
    title: `${cutover.adapterSlug} of ${cutover.tenantName}: ${what}`,
    tenantId: cutover.tenantId,
    ref: { type: "cutover", id: cutover.id },
  });

function changeText({ fromNumber, toNumber, fromOrigin }: CutoverRecord): string {
  if (fromNumber !== null) return `v${fromNumber} → v${toNumber}`;
  return fromOrigin ? `moves in from its origin, v${toNumber} goes live` : `v${toNumber} goes live`;
}
