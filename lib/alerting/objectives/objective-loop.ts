import type { Deps } from "#lib/identity/ctx.ts";
import { requireTerm } from "#lib/platform/lease.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { Turn } from "#lib/platform/loop.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { countSteps, foldMinutes, lockCounted } from "./count-store.ts";
import {
  COUNTS_KEPT_MS,
  type CountPiece,
  type CountReach,
  LATE_MS,
  MINUTES_KEPT_MS,
  planCounting,
} from "./plan-counting.ts";
import { proposeForTenants } from "./propose-for-tenants.ts";

export const OBJECTIVE_LOOP = "objectives";
const INTERVAL_MS = 15_000;
const LEASE_MS = 60_000;
const PROPOSE_EVERY_MS = 600_000;
/** How often the minutes that may still get late requests are counted again: every two minutes. */
const LATE_EVERY_TURNS = 8;
/** Days and hours that are counted in one turn, after a new target or a worker that was away: all that windows reach. */
const PIECES_A_TURN = 60;

/** Counts good requests and proposes objectives until `signal` aborts. Only the holder of the lease does. */
export function runObjectiveLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  let proposedAt = 0;
  let turns = 0;
  return runLeasedLoop(deps, signal, {
    name: OBJECTIVE_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    async tick(turn) {
      const now = deps.clock.now().getTime();
      if (now - proposedAt >= PROPOSE_EVERY_MS) {
        await proposeTurn(deps, turn);
        proposedAt = now;
      }
      await countTurn(deps, turn, turns % LATE_EVERY_TURNS === 0 ? "late" : "new");
      turns += 1;
    },
  });
}

export async function proposeTurn(deps: Deps, { term }: Pick<Turn, "term">): Promise<void> {
  await deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, { name: OBJECTIVE_LOOP, term });
    await proposeForTenants(tx, deps.clock.now());
  });
}

/** Each piece is counted in a transaction of its own: a worker that dies leaves whole pieces, and its successor goes on. */
export async function countTurn(deps: Deps, { term, signal }: Turn, reach: CountReach = "late"): Promise<void> {
  let left = await countPiece(deps, term, reach, ({ current }) => current);
  for (let done = 0; left > 0 && done < PIECES_A_TURN && !signal.aborted; done += 1)
    left = await countPiece(deps, term, reach, ({ behind }) => behind[0] ?? null);
}

/** @returns how many pieces are left but for what is up to date */
async function countPiece(
  deps: Deps,
  term: bigint,
  reach: CountReach,
  choose: (plan: ReturnType<typeof planCounting>) => CountPiece | null,
): Promise<number> {
  const now = deps.clock.now();
  return deps.db.write(platformScope, async (tx) => {
    await requireTerm(tx, { name: OBJECTIVE_LOOP, term });
    const plan = planCounting(await lockCounted(tx), now, reach);
    const piece = choose(plan);
    if (piece === null) return plan.behind.length;
    await countSteps(tx, piece);
    await foldMinutes(tx, {
      minutesBefore: new Date(now.getTime() - MINUTES_KEPT_MS),
      lateMs: LATE_MS,
      droppedBefore: new Date(now.getTime() - COUNTS_KEPT_MS),
    });
    const isDone = plan.behind[0] === piece && piece.to >= now;
    return plan.behind.length - (isDone ? 1 : 0);
  });
}
