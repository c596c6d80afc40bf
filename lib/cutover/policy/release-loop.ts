import { readProgress } from "#lib/evals/running/read-progress.ts";
import { startRun } from "#lib/evals/running/start-run.ts";
import { readGate } from "#lib/evals/verdict/read-gate.ts";
import { freezeInForce, freezeSentence } from "#lib/fleet/controls/require-not-frozen.ts";
import { stageVersion } from "#lib/fleet/stage-version.ts";
import { type Ctx, type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { AppError } from "#lib/platform/errors.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { cutoverFreeze } from "../freeze/cutover-freeze.ts";
import { startCutover } from "../start-cutover.ts";
import { openCutoverOf } from "../store.ts";
import { RELEASE_ACTOR } from "./by-policy.ts";
import { backoffMs, decideRelease, type ReleaseAction, type ReleaseFacts } from "./decide-release.ts";
import { outsideHours } from "./release-hours.ts";
import { type DueVersion, dueVersions, putFailed, readReleaseHistory, recordOutcome } from "./release-store.ts";

export const RELEASE_LOOP = "release";
const INTERVAL_MS = 5_000;
const LEASE_TTL_MS = 15_000;

/** Brings new versions as far as their tenants' release policies reach, until `signal` aborts. */
export function runReleaseLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  return runLeasedLoop(deps, signal, {
    name: RELEASE_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_TTL_MS,
    wakesOn: ["EvalRun", "Registration", "Cutover"],
    tick: (turn) => releaseAll(deps, turn),
  });
}

/**
 * One turn over the newest version of every adapter whose tenant's policy reaches beyond the checks. What goes wrong with one
 * does not hold up the others.
 * @throws AggregateError with what went wrong
 */
export async function releaseAll(deps: Deps, { signal, term }: Turn): Promise<void> {
  const fence: Fence = { name: RELEASE_LOOP, term };
  const due = await systemRead(deps, RELEASE_ACTOR, (ctx) => dueVersions(ctx.tx));
  const errors: unknown[] = [];
  for (const version of due) {
    if (signal.aborted) break;
    await releaseOne(deps, fence, version).catch((error) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of ${due.length} releases got stuck`);
}

async function releaseOne(deps: Deps, fence: Fence, version: DueVersion): Promise<void> {
  if (!version.isReady || !version.isDue) return;
  const decide = async (ctx: Ctx) => decideRelease(await releaseFacts(ctx, version), ctx.clock.now());
  const decision = await systemRead(deps, RELEASE_ACTOR, decide);
  if (decision.kind !== "act") return;
  const { action, why } = decision;
  const fenced = (change: (ctx: Ctx) => Promise<void>): Promise<void> =>
    systemWrite(deps, RELEASE_ACTOR, async (ctx) => {
      await requireTerm(ctx.tx, fence);
      await change(ctx);
    });
  try {
    await fenced(async (ctx) => {
      const still = await decide(ctx);
      if (still.kind !== "act" || still.action !== action) return;
      await carryOut(ctx, version, action);
      await recordOutcome(ctx.tx, version.versionId, { action, message: why, at: ctx.clock.now() });
    });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const message = [why, error.message, error.fix].filter(Boolean).join(" ");
    await fenced((ctx) => noteFailure(ctx, version.versionId, action, message));
  }
}

/** The catalog says no, with a reason that somebody can mend: it is written down, and tried again later. */
const isRefusal = (error: unknown): error is AppError =>
  error instanceof AppError && error.reason !== "lease_lost" && (error.code === "conflict" || error.code === "invalid");

async function noteFailure(ctx: Ctx, versionId: string, action: ReleaseAction, message: string): Promise<void> {
  const { release } = await readReleaseHistory(ctx.tx, versionId);
  const before = release?.action === action ? release.tries : 0;
  const at = ctx.clock.now();
  const nextTryAt = new Date(at.getTime() + backoffMs(before + 1));
  await putFailed(ctx.tx, versionId, { action, message, at, tries: before + 1, nextTryAt });
}

/** By the use cases that people call, as an actor of its own. */
async function carryOut(ctx: Ctx, { versionId, adapterId }: DueVersion, action: ReleaseAction): Promise<void> {
  switch (action) {
    case "stage":
      await stageVersion(ctx, { versionId, reason: "Its tenant's release policy loads new versions." });
      return;
    case "run_gate":
      await startRun(ctx, { versionId });
      return;
    case "start_cutover":
      await startCutover(ctx, { adapterId, toVersionId: versionId });
      return;
  }
}

async function releaseFacts(ctx: Ctx, version: DueVersion): Promise<ReleaseFacts> {
  const { policy, versionId, adapterId, number, isReady, isDue } = version;
  const { run, runsStarted, wasCutOver, isPlaced, release } = await readReleaseHistory(ctx.tx, versionId);
  const now = ctx.clock.now();
  const freeze = await freezeInForce(ctx);
  const { expired } = await readGate(ctx, versionId);
  return {
    reach: policy.reach,
    name: `Version ${number}`,
    ...{ isReady, isDue, wasCutOver },
    isAdapterBusy: (await openCutoverOf(ctx.tx, adapterId)) !== null,
    placed: isPlaced ? await placedAt(ctx, versionId) : "nowhere",
    gate: {
      run: run === null ? "none" : run.state === "queued" || run.state === "running" ? "open" : run.state,
      runsStarted,
      outcome: run?.outcome ?? null,
      isExpired: expired.length > 0,
    },
    frozen: {
      gate: freeze === null ? null : freezeSentence(freeze),
      cutover: (await cutoverFreeze(ctx))?.sentence ?? null,
    },
    outsideHours: outsideHours(policy.hours, now),
    failed:
      release !== null && release.nextTryAt !== null ? { action: release.action, nextTryAt: release.nextTryAt } : null,
  };
}

async function placedAt(ctx: Ctx, versionId: string): Promise<ReleaseFacts["placed"]> {
  const { routable, waiting, failed } = await readProgress(ctx, versionId, "serving");
  if (failed.length > 0) return "failed";
  return waiting.length === 0 && routable.length > 0 ? "routable" : "loading";
}
