import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { judgePace, PACE_SLICES, PACE_WINDOW_MS } from "../asking/pace/judge-pace.ts";
import { readSpeed } from "../asking/pace/read-speed.ts";
import { defaultPolicy } from "../gate-policy.ts";
import { decodingModes, type Pace, type RunDetail, type RunProgress, type Speed, sampleSides } from "../schema.ts";
import { getRun, type RunRecord } from "../store.ts";
import { toRun } from "../view-run.ts";
import { poolOfAdapter } from "./pace-store.ts";
import { countBySlice, countTakesOf, isPoolSimulated } from "./progress-store.ts";

/**
 * A run with how far each side is and how fast it goes. Customers are told how many answers there are in all.
 * @throws AppError `not_found`
 */
export async function readRun(ctx: Ctx, runId: string): Promise<RunDetail> {
  const run = await getRun(ctx.tx, runId);
  if (run === null) throw notFound("run");
  const isStaff = ctx.scope.kind === "platform";
  if (!isStaff) return { ...toRun(run, isStaff), progress: [], pace: null, speed: null };
  return {
    ...toRun(run, isStaff),
    progress: await readProgressOf(ctx, run),
    pace: await readPace(ctx, run),
    speed: await readSpeedOf(ctx, run),
  };
}

async function readProgressOf(ctx: Ctx, run: RunRecord): Promise<RunProgress[]> {
  const counts = await countTakesOf(ctx.tx, run.id);
  return sampleSides.flatMap((side) =>
    decodingModes.map((mode) => {
      const own = counts.filter((one) => one.side === side && one.mode === mode);
      const sum = (some: typeof own) => some.reduce((total, { count }) => total + count, 0);
      const takes = defaultPolicy.takes[mode];
      return {
        side,
        mode,
        asked: sum(own.filter(({ take }) => take <= takes)),
        of: run.suite.caseCount * takes,
        askedAgain: sum(own.filter(({ take }) => take > takes)),
      };
    }),
  );
}

async function readSpeedOf(ctx: Ctx, run: RunRecord): Promise<Speed | null> {
  const isOpen = run.state === "queued" || run.state === "running";
  if (!isOpen || run.pausedAt !== null) return null;
  const left = Math.max(0, run.samplesTotal - run.samplesDone);
  return readSpeed(ctx, await poolOfAdapter(ctx.tx, run.adapterId), left);
}

/** Only of a run that asks: what it did before a pause or another worker's death says nothing. */
async function readPace({ tx, clock }: Ctx, run: RunRecord): Promise<Pace | null> {
  if (run.state !== "running" || run.pausedAt !== null || run.askingSince === null) return null;
  const now = clock.now();
  const from = new Date(Math.max(run.askingSince.getTime(), now.getTime() - PACE_WINDOW_MS));
  const windowMs = now.getTime() - from.getTime();
  if (windowMs <= 0) return null;
  return judgePace({
    done: run.samplesDone,
    total: run.samplesTotal,
    counts: await countBySlice(tx, run.id, { from, sliceMs: windowMs / PACE_SLICES, slices: PACE_SLICES }),
    windowMs,
    asOf: now.toISOString(),
    simulated: await isPoolSimulated(tx, await poolOfAdapter(tx, run.adapterId)),
  });
}
