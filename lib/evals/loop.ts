import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { admitNextRun, EVAL_ACTOR, fencedWrite } from "./admit-run.ts";
import { ORIGIN_CONCURRENCY } from "./baseline/origin-conditions.ts";
import { conductRun, defaultTuning, type Tuning } from "./conduct-run.ts";
import { aimdPolicy } from "./pace/aimd.ts";
import { mayAsk } from "./pace/may-ask.ts";
import { poolOfAdapter, setAsking } from "./pace/pace-store.ts";
import { createTurns, type Turns } from "./pace/turns.ts";
import { pauseUnderFreeze } from "./pause-runs.ts";
import { type RunRecord, runsInState } from "./store.ts";
import { createSystemKey } from "./system-key.ts";

export const EVAL_LOOP = "evals";
const INTERVAL_MS = 2_000;
const LEASE_TTL_MS = 30_000;

/** Conducts queued evaluations, one at a time and oldest first, until `signal` aborts. Only the lease's holder does. */
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

/** One worker's turns. A run that an earlier worker left behind goes on before another starts. */
export function createEvalWorker(deps: Deps, tuning: Tuning): { tick(turn: Turn): Promise<void> } {
  const systemKey = createSystemKey(deps);
  const turnsOf = new Map<string, Turns>();
  /** @param id of whoever answers: a pool, or an endpoint */
  const turnsAt = (id: string, ceiling: number): Turns => {
    const turns = turnsOf.get(id) ?? createTurns(aimdPolicy(ceiling), deps.clock);
    turnsOf.set(id, turns);
    return turns;
  };
  const turnsFor = async ({ adapterId }: RunRecord): Promise<Turns> =>
    turnsAt(await systemRead(deps, EVAL_ACTOR, ({ tx }) => poolOfAdapter(tx, adapterId)), tuning.concurrency);
  const turnsOfOrigin = (endpointId: string): Turns =>
    turnsAt(endpointId, Math.min(ORIGIN_CONCURRENCY, tuning.concurrency));
  return {
    async tick({ signal, term }) {
      const fence = { name: EVAL_LOOP, term };
      if (await pauseUnderFreeze(deps, fence)) return;
      let run = await oldestAsking(deps);
      if (run === null) {
        await admitNextRun(deps, fence, tuning.concurrency);
        run = await oldestAsking(deps);
      }
      if (run === null) return;
      const turns = await turnsFor(run);
      const decision = await mayAsk({ deps, fence }, run, 0);
      // it keeps its place: what comes after it would ask the same nodes, or wait as long
      if (decision.kind === "yield") return;
      turns.cap(decision.kind === "slowly" ? decision.most : null);
      const { id } = run;
      await fencedWrite(deps, fence, ({ tx, clock }) => setAsking(tx, id, clock.now()));
      const apiKey = await systemKey.get(fence);
      await conductRun({ deps, fence, apiKey, tuning, turns, turnsOfOrigin, signal }, run);
      await pauseUnderFreeze(deps, fence);
    },
  };
}

/** Of the runs that have begun and that nobody has paused. */
const oldestAsking = (deps: Deps): Promise<RunRecord | null> =>
  systemRead(deps, EVAL_ACTOR, (ctx) => runsInState(ctx.tx, "running")).then(
    (runs) => runs.find(({ pausedAt }) => pausedAt === null) ?? null,
  );
