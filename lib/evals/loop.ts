import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { aimdPolicy } from "./asking/pace/aimd.ts";
import { createTurns, type Turns } from "./asking/pace/turns.ts";
import { newP95Watch } from "./asking/pace/watch-p95.ts";
import { ORIGIN_CONCURRENCY } from "./conditions/origin-conditions.ts";
import { admitNextRuns, EVAL_ACTOR, fencedWrite } from "./running/admit-run.ts";
import { type Candidate, conductPools } from "./running/conduct-pools.ts";
import { conductRun, defaultTuning, type Tuning } from "./running/conduct-run.ts";
import { mayAsk, type PoolPace } from "./running/may-ask.ts";
import { poolsOfAdapters, setAsking } from "./running/pace-store.ts";
import { pauseUnderFreeze } from "./running/pause-runs.ts";
import { createSystemKey } from "./running/system-key.ts";
import { type RunRecord, runsInState } from "./store.ts";

export const EVAL_LOOP = "evals";
const INTERVAL_MS = 2_000;
const LEASE_TTL_MS = 30_000;

/** Conducts queued evaluations, of each pool one at a time and oldest first, until `signal` aborts. Only the lease's holder does. */
export function runEvalLoop(deps: Deps, signal: AbortSignal, tuning: Tuning = defaultTuning): Promise<void> {
  const worker = createEvalWorker(deps, tuning);
  return runLeasedLoop(deps, signal, {
    name: EVAL_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_TTL_MS,
    // it asks until a run has ended; gate-watch tells of one that stands still
    longestRunMs: null,
    wakesOn: "every table",
    tick: worker.tick,
  });
}

/** One worker's turns. In each pool, a run that an earlier worker left behind goes on before another starts. */
export function createEvalWorker(deps: Deps, tuning: Tuning): { tick(turn: Turn): Promise<void> } {
  const systemKey = createSystemKey(deps);
  const paces = new Map<string, PoolPace>();
  /** @param id of whoever answers: a pool, or an endpoint */
  const paceAt = (id: string, ceiling: number): PoolPace => {
    const pace = paces.get(id) ?? { turns: createTurns(aimdPolicy(ceiling), deps.clock), p95: newP95Watch() };
    paces.set(id, pace);
    return pace;
  };
  const turnsOfOrigin = (endpointId: string): Turns =>
    paceAt(endpointId, Math.min(ORIGIN_CONCURRENCY, tuning.concurrency)).turns;
  return {
    async tick({ signal, term }) {
      const fence = { name: EVAL_LOOP, term };
      const next = async (busy: ReadonlySet<string>): Promise<Candidate[]> => {
        if (await pauseUnderFreeze(deps, fence)) return [];
        await admitNextRuns(deps, fence, tuning.concurrency);
        const found: Candidate[] = [];
        for (const [poolId, run] of await oldestAsking(deps)) {
          if (busy.has(poolId)) continue;
          const pace = paceAt(poolId, tuning.concurrency);
          const decision = await mayAsk({ deps, fence, pace }, run);
          // it keeps its place: what comes after it in this pool would ask the same nodes, or wait as long
          if (decision.kind === "yield") continue;
          pace.turns.cap(decision.most);
          await fencedWrite(deps, fence, ({ tx, clock }) => setAsking(tx, run.id, clock.now()));
          await systemKey.renew(fence);
          const conduct = { deps, fence, apiKey: systemKey.current, tuning, pace, turnsOfOrigin, signal };
          found.push({ poolId, runId: run.id, conduct: () => conductRun(conduct, run) });
        }
        return found;
      };
      await conductPools({ next, clock: deps.clock, log: deps.log, signal });
      await pauseUnderFreeze(deps, fence);
    },
  };
}

/** Of each pool, the oldest run that has begun and that nobody has paused. */
const oldestAsking = (deps: Deps): Promise<Map<string, RunRecord>> =>
  systemRead(deps, EVAL_ACTOR, async ({ tx }) => {
    const asking = (await runsInState(tx, "running")).filter(({ pausedAt }) => pausedAt === null);
    const poolOf = await poolsOfAdapters(tx, asking);
    const oldest = new Map<string, RunRecord>();
    for (const run of asking) {
      const poolId = poolOf.get(run.adapterId);
      if (poolId !== undefined && !oldest.has(poolId)) oldest.set(poolId, run);
    }
    return oldest;
  });
