import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import type { Fence } from "#lib/platform/lease.ts";
import { readSettings } from "#lib/pools/settings/settings-store.ts";
import { decideYield, type YieldDecision } from "../asking/pace/decide-yield.ts";
import { readCustomers, readPressure } from "../asking/pace/read-pressure.ts";
import type { Turns } from "../asking/pace/turns.ts";
import { type P95Watch, watchP95 } from "../asking/pace/watch-p95.ts";
import type { RunRecord } from "../store.ts";
import { EVAL_ACTOR, fencedWrite } from "./admit-run.ts";
import { poolOfAdapter, setWaiting } from "./pace-store.ts";

type Waiting = Pick<RunRecord, "id" | "tenantId" | "adapterId" | "message" | "yieldingSince" | "startedAt">;

/** What a worker has learnt about a pool; it stays between runs. */
export type PoolPace = { turns: Turns; p95: P95Watch };

/** Whether customers leave room for a run. The run says what was decided, and since when it yields. */
export async function mayAsk(
  { deps, fence, pace }: { deps: Deps; fence: Fence; pace: PoolPace },
  run: Waiting,
): Promise<YieldDecision> {
  const { pressure, customers, limits } = await systemRead(deps, EVAL_ACTOR, async (ctx) => {
    const poolId = await poolOfAdapter(ctx.tx, run.adapterId);
    const { evalYieldWaiting: waiting, evalYieldDeferred: deferred } = await readSettings(ctx.tx);
    const ownInFlight = pace.turns.inFlight();
    return {
      pressure: await readPressure(ctx, { poolId, tenantId: run.tenantId, ownInFlight }),
      customers: await readCustomers(ctx, { poolId, startedAt: run.startedAt, watch: pace.p95 }),
      limits: { waiting, deferred },
    };
  });
  const { watch, slower } = watchP95(pace.p95, customers, deps.clock.now().getTime());
  pace.p95 = watch;
  const { hasCustomers } = customers;
  const decision = decideYield({ ...pressure, slower, hasCustomers }, run.yieldingSince !== null, limits);
  const message = decision.kind === "go_on" ? null : decision.message;
  const yieldingSince = decision.kind === "yield" ? (run.yieldingSince ?? deps.clock.now()) : null;
  if (message !== run.message || yieldingSince?.getTime() !== run.yieldingSince?.getTime())
    await fencedWrite(deps, fence, ({ tx }) => setWaiting(tx, run.id, { message, yieldingSince }));
  return decision;
}
